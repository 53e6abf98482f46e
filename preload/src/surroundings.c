#include "surroundings.h"

#include <string.h>

#include "options.h"
#include "sandbox.h"
#include "sys/sys.h"

/* ---- checkers that replace the allocator */

extern void __asan_init(void) __attribute__((weak));
extern void __hwasan_init(void) __attribute__((weak));
extern void __msan_init(void) __attribute__((weak));
extern void __tsan_init(void) __attribute__((weak));

/* AddressSanitizer ends a program in which another preloaded library comes first, unless this asks it not to. A program
 * that defines the function itself is heard instead of us. */
HH_EXPORT const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "verify_asan_link_order=0";
}

static bool has_checker(void) {
  return __asan_init || __hwasan_init || __msan_init || __tsan_init;
}

const char *hh_surroundings_forbid(void) {
  if (has_checker())
    return "the program is built with a sanitizer, which replaces the allocator";
  if (hh_sandbox_is_inherited())
    return "the program was started under a filter of system calls, which may kill it for what profiling needs";
  return NULL;
}

/* ---- memory */

enum { SHARE = 16, LEAST_RING = 256 << 10, LEAST_SPOOL = 64 << 10, PATH_BYTES = 512 };
#define UNLIMITED ((uint64_t)1 << 60) /* cgroup v1 writes a number beyond this */

static long read_text(const char *path, char *text, size_t bytes) {
  int fd = hh_sys_open_read(path);
  long length = fd < 0 ? fd : hh_sys_read(fd, text, bytes - 1);
  if (fd >= 0)
    hh_sys_close(fd);
  text[length > 0 ? length : 0] = 0;
  return length;
}

static uint64_t read_limit(const char *root, const char *group, size_t length, const char *file) {
  char path[PATH_BYTES], digits[32];
  size_t root_length = strlen(root), file_length = strlen(file);
  uint64_t limit = 0;
  if (root_length + length + file_length >= sizeof path)
    return UNLIMITED;
  memcpy(path, root, root_length);
  memcpy(path + root_length, group, length);
  memcpy(path + root_length + length, file, file_length + 1);
  if (read_text(path, digits, sizeof digits) <= 0 || digits[0] < '0' || digits[0] > '9')
    return UNLIMITED; /* "max", or no such file */
  for (const char *at = digits; *at >= '0' && *at <= '9'; at++)
    limit = limit * 10 + (uint64_t)(*at - '0');
  return limit;
}

static uint64_t smaller(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

/* As a container sees it at the root of its own name space, and as the group's place in the machine's tree. */
static uint64_t memory_limit(void) {
  uint64_t limit = smaller(read_limit("/sys/fs/cgroup", "", 0, "/memory.max"),
                           read_limit("/sys/fs/cgroup/memory", "", 0, "/memory.limit_in_bytes"));
  char groups[2048];
  if (read_text("/proc/self/cgroup", groups, sizeof groups) <= 0)
    return limit;
  const char *v2 = strstr(groups, "0::/"), *v1 = strstr(groups, ":memory:/");
  if (v2)
    limit = smaller(limit, read_limit("/sys/fs/cgroup", v2 + 3, strcspn(v2 + 3, "\n"), "/memory.max"));
  if (v1)
    limit =
        smaller(limit, read_limit("/sys/fs/cgroup/memory", v1 + 8, strcspn(v1 + 8, "\n"), "/memory.limit_in_bytes"));
  return limit;
}

static uint64_t fit(uint64_t wanted, uint64_t limit, uint64_t least) {
  uint64_t share = limit / SHARE;
  return smaller(wanted, share < least ? least : share);
}

void hh_surroundings_fit_options(void) {
  uint64_t limit = smaller(memory_limit(), hh_sys_address_space_limit());
  if (limit >= UNLIMITED)
    return;
  hh_options.ring_bytes = fit(hh_options.ring_bytes, limit, LEAST_RING);
  hh_options.spool_bytes = fit(hh_options.spool_bytes, limit, LEAST_SPOOL);
}
