/* Prints docs/reference/options.md from options.def. */
#include <stdio.h>
#include <string.h>

static void row(const char *name, const char *type, const char *initial, const char *description) {
  size_t length = strlen(initial);
  int quoted = initial[0] == '"';
  printf("| `HEAPHOUND_%s` | %s | ", name, type);
  if (quoted && length == 2)
    printf("| ");
  else
    printf("`%.*s` | ", (int)(quoted ? length - 2 : length), initial + quoted);
  printf("%s |\n", description);
}

int main(void) {
  puts("# Options of the preload library\n\n"
       "Generated from `preload/src/options.def` by `make -C preload docs`. Options are environment variables, read "
       "once when\n"
       "the library is loaded. One that makes no sense switches profiling off; `HEAPHOUND_LOG=error` says so. Numbers "
       "take K,\n"
       "M or G behind them.\n\n"
       "| variable | type | default | |\n|---|---|---|---|");
#define OPT(NAME, field, type, initial, description) row(#NAME, #type, #initial, description);
#include "options.def"
#undef OPT
  return 0;
}
