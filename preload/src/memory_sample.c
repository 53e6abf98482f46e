#include "memory_sample.h"

#include <string.h>

#include "proc_text.h"
#include "sys/sys.h"

enum { KIB = 1024, PATH_BYTES = 512, COST_FACTOR = 500 };
#define SHORTEST_NS ((uint64_t)250 * 1000 * 1000)
#define UNLIMITED   ((uint64_t)1 << 60) /* cgroup v1 says "unlimited" with a huge number */

static uint64_t taken_ns, interval_ns = SHORTEST_NS;

/* ---- the cgroup */

typedef struct cgroup_files {
  const char *usage, *limit, *swap, *events;
} cgroup_files;

static const cgroup_files version_2 = {"memory.current", "memory.max", "memory.swap.current", "memory.events"};
static const cgroup_files version_1 = {"memory.usage_in_bytes", "memory.limit_in_bytes", NULL, "memory.oom_control"};
static const cgroup_files *files; /* NULL: there are none */
static char folder[PATH_BYTES];   /* with a slash at its end */
static bool looked;

static long read_in(const char *name, char *text, size_t bytes) {
  char path[PATH_BYTES + 32];
  size_t length = strlen(folder);
  memcpy(path, folder, length);
  memcpy(path + length, name, strlen(name) + 1);
  return hh_proc_read(path, text, bytes);
}

static bool has(const char *path, size_t length, const cgroup_files *candidate) {
  char text[32];
  if (length + 2 > sizeof folder)
    return false;
  memcpy(folder, path, length);
  memcpy(folder + length, "/", 2);
  files = read_in(candidate->usage, text, sizeof text) > 0 ? candidate : NULL;
  return files;
}

/* Within a container the root of /sys/fs/cgroup is the container's group; outside of one /proc/self/cgroup names it. */
static void look(void) {
  static const char root[] = "/sys/fs/cgroup", root_1[] = "/sys/fs/cgroup/memory";
  static char text[4096];
  char path[PATH_BYTES];
  looked = true;
  const char *own = hh_proc_read("/proc/self/cgroup", text, sizeof text) > 0 ? strstr(text, "0::/") : NULL;
  size_t length = own ? strcspn(own + 3, "\n") : 0;
  if (length > 1 && sizeof root + length < sizeof path) {
    memcpy(path, root, sizeof root - 1);
    memcpy(path + sizeof root - 1, own + 3, length);
    if (has(path, sizeof root - 1 + length, &version_2))
      return;
  }
  if (!has(root, sizeof root - 1, &version_2))
    has(root_1, sizeof root_1 - 1, &version_1);
}

/* 0 when there is no such file or it says "max". */
static uint64_t number_in(const char *name) {
  char text[32];
  const char *at = text;
  return name && read_in(name, text, sizeof text) > 0 ? hh_proc_decimal(&at) : 0;
}

static void take_cgroup(hh_memory_sample *sample) {
  char text[1024];
  if (!looked)
    look();
  if (!files)
    return;
  uint64_t limit = number_in(files->limit);
  sample->cgroup_bytes = number_in(files->usage);
  sample->cgroup_limit_bytes = limit < UNLIMITED ? limit : 0;
  sample->cgroup_swap_bytes = number_in(files->swap);
  if (read_in(files->events, text, sizeof text) > 0) {
    sample->cgroup_oom = hh_proc_value(text, "oom ");
    sample->cgroup_oom_kills = hh_proc_value(text, "oom_kill ");
  }
}

/* ---- the process */

static bool take_process(hh_memory_sample *sample) {
  static char text[4096];
  if (hh_proc_read("/proc/self/status", text, sizeof text) <= 0)
    return false;
  sample->resident_bytes = hh_proc_value(text, "VmRSS:") * KIB;
  sample->anonymous_bytes = hh_proc_value(text, "RssAnon:") * KIB;
  sample->file_bytes = hh_proc_value(text, "RssFile:") * KIB;
  sample->shared_bytes = hh_proc_value(text, "RssShmem:") * KIB;
  sample->swap_bytes = hh_proc_value(text, "VmSwap:") * KIB;
  return true;
}

bool hh_memory_sample_take(hh_memory_sample *sample, uint64_t now, uint64_t monotonic_ns) {
  if (taken_ns && monotonic_ns - taken_ns < interval_ns)
    return false;
  taken_ns = monotonic_ns;
  *sample = (hh_memory_sample){.ticks = now};
  if (!take_process(sample))
    return false;
  take_cgroup(sample);
  interval_ns = (hh_sys_monotonic_ns() - monotonic_ns) * COST_FACTOR;
  if (interval_ns < SHORTEST_NS)
    interval_ns = SHORTEST_NS;
  return true;
}
