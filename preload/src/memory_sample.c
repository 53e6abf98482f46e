#include "memory_sample.h"

#include <string.h>

#include "sys/sys.h"

enum { PAGE = 4096, EVERY_NS = 250 * 1000 * 1000 };

/* Files of cgroup v2 and v1, as a container sees them. */
static const char *const usage_files[] = {"/sys/fs/cgroup/memory.current",
                                          "/sys/fs/cgroup/memory/memory.usage_in_bytes"};
static const char *const limit_files[] = {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"};

static uint64_t taken_ns;

static long read_file(const char *path, char *text, size_t bytes) {
  int fd = hh_sys_open_read(path);
  if (fd < 0)
    return fd;
  long length = hh_sys_read(fd, text, bytes - 1);
  hh_sys_close(fd);
  text[length > 0 ? length : 0] = 0;
  return length;
}

static uint64_t parse(const char **text) {
  uint64_t number = 0;
  while (**text == ' ')
    ++*text;
  for (; **text >= '0' && **text <= '9'; ++*text)
    number = number * 10 + (uint64_t)(**text - '0');
  return number;
}

/* 0 when there is no such file or it says "max". */
static uint64_t first_number(const char *const *paths, size_t count) {
  char text[32];
  for (size_t i = 0; i < count; i++) {
    const char *at = text;
    if (read_file(paths[i], text, sizeof text) > 0)
      return parse(&at);
  }
  return 0;
}

bool hh_memory_sample_take(hh_memory_sample *sample, uint64_t now, uint64_t monotonic_ns) {
  char text[128];
  const char *at = text;
  if (taken_ns && monotonic_ns - taken_ns < EVERY_NS)
    return false;
  taken_ns = monotonic_ns;
  if (read_file("/proc/self/statm", text, sizeof text) <= 0)
    return false;
  parse(&at); /* size */
  uint64_t resident_pages = parse(&at), shared_pages = parse(&at);
  uint64_t limit = first_number(limit_files, 2);
  *sample = (hh_memory_sample){
      .ticks = now,
      .resident_bytes = resident_pages * PAGE,
      .anonymous_bytes = (resident_pages - shared_pages) * PAGE,
      .cgroup_bytes = first_number(usage_files, 2),
      .cgroup_limit_bytes = limit < (uint64_t)1 << 60 ? limit : 0, /* v1 says "unlimited" with a huge number */
  };
  return true;
}
