/* Options from an environment. */
#include "options.h"

#include <errno.h>
#include <string.h>

#include "check.h"

static int read_one(const char *entry, const char **bad) {
  char *environment[] = {(char *)"PATH=/bin", (char *)entry, NULL};
  *bad = NULL;
  return hh_options_read(environment, bad);
}

int main(void) {
  const char *bad;
  CHECK("defaults",
        hh_options.spool_bytes == 64 << 20 && strcmp(hh_options.mode, "exact") == 0 && !hh_options.disabled);
  CHECK("text", read_one("HEAPHOUND_SERVER=https://host:7411", &bad) == 0 &&
                    strcmp(hh_options.server, "https://host:7411") == 0);
  CHECK("names that begin alike", read_one("HEAPHOUND_POD_NAMESPACE=here", &bad) == 0 && hh_options.pod_name[0] == 0 &&
                                      strcmp(hh_options.pod_namespace, "here") == 0);
  CHECK("number", read_one("HEAPHOUND_EXIT_WAIT_MS=250", &bad) == 0 && hh_options.exit_wait_ms == 250);
  CHECK("unit", read_one("HEAPHOUND_RING_BYTES=16M", &bad) == 0 && hh_options.ring_bytes == 16 << 20);
  CHECK("flag", read_one("HEAPHOUND_FREE_STACKS=1", &bad) == 0 && hh_options.free_stacks);
  CHECK("empty is the default", read_one("HEAPHOUND_FREE_STACKS=", &bad) == 0 && hh_options.free_stacks);
  CHECK("unknown ones are others'", read_one("HEAPHOUND_WHATEVER=x", &bad) == 0);
  static const char *const nonsense[] = {"HEAPHOUND_RING_BYTES=16X",
                                         "HEAPHOUND_RING_BYTES=-1",
                                         "HEAPHOUND_RING_BYTES=1M1",
                                         "HEAPHOUND_RING_BYTES=99999999999999999999",
                                         "HEAPHOUND_RING_BYTES=99999999999G",
                                         "HEAPHOUND_FREE_STACKS=yes",
                                         "HEAPHOUND_DISABLED=2"};
  for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++)
    CHECK(nonsense[i], read_one(nonsense[i], &bad) == -EINVAL && bad && strncmp(nonsense[i], bad, strlen(bad)) == 0);
  char longer[2000] = "HEAPHOUND_SERVER=";
  memset(longer + strlen(longer), 'a', 1500);
  CHECK("too long", read_one(longer, &bad) == -EINVAL);
  return hh_check_end();
}
