/* Clocks, through the vDSO where libc uses it. These calls cannot fail on Linux, so errno stays untouched. */
#include <linux/time_types.h>
#include <time.h>

#include "sys.h"
#include "syscall.h"

static uint64_t read_clock(clockid_t id) {
  struct timespec now;
  clock_gettime(id, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* libc's function by this name knows 32 bits of seconds where a long has no more: until 2038. */
uint64_t hh_sys_unix_ns(void) {
#ifdef SYS_clock_gettime64
  struct __kernel_timespec now;
  if (hh_syscall3(SYS_clock_gettime64, CLOCK_REALTIME, (long)&now, 0) == 0)
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
#endif
  return read_clock(CLOCK_REALTIME);
}

uint64_t hh_sys_monotonic_ns(void) {
  return read_clock(CLOCK_MONOTONIC);
}

uint64_t hh_sys_process_cpu_ns(void) {
  return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t hh_sys_thread_cpu_ns(void) {
  return read_clock(CLOCK_THREAD_CPUTIME_ID);
}
