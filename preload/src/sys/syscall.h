/* Raw system calls: no errno, no cancellation point, nothing that another preload library could interpose. */
#ifndef HH_SYS_SYSCALL_H
#define HH_SYS_SYSCALL_H
#include <sys/syscall.h>

/* hh_syscall6 returns the kernel's answer: a value, or -errno. */
#if defined(__x86_64__)
#include "syscall_amd64.h"
#elif defined(__aarch64__)
#include "syscall_arm64.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "syscall_riscv64.h"
#elif defined(__s390x__)
#include "syscall_s390x.h"
#elif defined(__mips64)
#include "syscall_mips64el.h"
#elif defined(__powerpc64__)
#include "syscall_ppc64le.h"
#elif defined(__arm__)
#include "syscall_armv7.h"
#else
#error "no system call sequence for this architecture yet"
#endif

#ifndef HH_MMAP_OFFSET_UNIT
#define HH_MMAP_OFFSET_UNIT 1
#endif

static inline long hh_syscall3(long number, long a, long b, long c) {
  return hh_syscall6(number, a, b, c, 0, 0, 0);
}
#endif
