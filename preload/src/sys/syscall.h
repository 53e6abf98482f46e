/* Raw system calls: no errno, no cancellation point, nothing that another preload library could interpose. */
#ifndef HH_SYS_SYSCALL_H
#define HH_SYS_SYSCALL_H
#include <sys/syscall.h>

#if !defined(__x86_64__)
#error "no system call sequence for this architecture yet"
#endif

/* Returns the kernel's answer: a value, or -errno. */
static inline long hh_syscall6(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

static inline long hh_syscall3(long number, long a, long b, long c) {
  return hh_syscall6(number, a, b, c, 0, 0, 0);
}
#endif
