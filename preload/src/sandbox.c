#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "libc.h"
#include "process.h"
#include "seccomp_filter.h"
#include "sender.h"
#include "sys/audit.h"
#include "sys/sys.h"
#include "sys/syscall.h"
#include "unwind/unwind.h"

/* ---- what profiling needs */

typedef struct needed_call {
  int number;
  uint64_t arguments[3]; /* filters look at flags, families and the like */
} needed_call;

/* In hooks: memory, time, the list of loaded objects, probing a stack. */
static const needed_call of_hooks[] = {
    {SYS_mmap, {0, 4096, PROT_READ | PROT_WRITE}},
    {SYS_munmap, {0, 0, 0}},
    {SYS_madvise, {0, 0, MADV_DONTNEED}},
    {SYS_prctl, {0x53564d41, 0, 0}}, /* PR_SET_VMA */
    {SYS_rt_sigprocmask, {0, 0, 0}},
    {SYS_sigaltstack, {0, 0, 0}},
    {SYS_gettid, {0, 0, 0}},
    {SYS_getpid, {0, 0, 0}},
    {SYS_tgkill, {0, 0, 0}},
    {SYS_futex, {0, FUTEX_WAIT_PRIVATE, 0}},
    {SYS_openat, {(uint64_t)AT_FDCWD, 0, O_RDONLY | O_CLOEXEC}},
    {SYS_readlinkat, {(uint64_t)AT_FDCWD, 0, 0}},
    {SYS_pread64, {0, 0, 0}},
    {SYS_read, {0, 0, 0}},
    {SYS_statx, {0, 0, 0}},
    {SYS_fcntl, {0, F_DUPFD_CLOEXEC, 0}},
    {SYS_close, {0, 0, 0}},
    {SYS_clock_gettime, {CLOCK_MONOTONIC, 0, 0}},
};

/* There is another way, where it comes to that (loader.h). */
static const needed_call of_copying[] = {{SYS_process_vm_readv, {0, 0, 0}}};

/* In the sender thread, which is under the filter if that is for all threads, or if the thread is yet to be made. */
static const needed_call of_sender[] = {
    {SYS_clone, {CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, 0, 0}},
    {SYS_mprotect, {0, 0, PROT_READ | PROT_WRITE}},
    {SYS_close_range, {0, UINT32_MAX, CLOSE_RANGE_UNSHARE}},
    {SYS_write, {0, 0, 0}},
    {SYS_socket, {AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0}},
    {SYS_socket, {AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0}},
    {SYS_connect, {0, 0, 0}},
    {SYS_setsockopt, {0, 0, 0}},
    {SYS_getsockopt, {0, 0, 0}},
    {SYS_sendto, {0, 0, 0}},
    {SYS_recvfrom, {0, 0, 0}},
    {SYS_shutdown, {0, SHUT_WR, 0}},
    {SYS_ppoll, {0, 0, 0}},
#ifdef SYS_poll
    {SYS_poll, {0, 0, 0}},
#endif
    {SYS_uname, {0, 0, 0}},
    {SYS_sched_yield, {0, 0, 0}},
};

static bool allows_all(const struct sock_fprog *filter, const needed_call *calls, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct seccomp_data call = {.nr = calls[i].number, .arch = HH_AUDIT_ARCH};
    memcpy(call.args, calls[i].arguments, sizeof calls[i].arguments);
    uint32_t action = hh_seccomp_filter_run(filter, &call) & SECCOMP_RET_ACTION_FULL;
    if (action != SECCOMP_RET_ALLOW && action != SECCOMP_RET_LOG)
      return false;
  }
  return true;
}

static bool allows(const struct sock_fprog *filter, bool all_threads) {
  if (!allows_all(filter, of_hooks, sizeof of_hooks / sizeof *of_hooks))
    return false;
  return (hh_sender_started() && !all_threads) || allows_all(filter, of_sender, sizeof of_sender / sizeof *of_sender);
}

/* A null or unreadable filter is the kernel's to refuse. */
static void filter_comes(const struct sock_fprog *filter, bool all_threads) {
  if (!hh_gate.alive)
    return;
  if (!hh_sys_readable(filter, sizeof *filter) ||
      !hh_sys_readable(filter->filter, filter->len * sizeof *filter->filter))
    return;
  if (!allows(filter, all_threads))
    hh_process_confined();
  else if (!allows_all(filter, of_copying, 1))
    hh_unwind_cannot_copy();
}

/* ---- the hooks */

static long result_of(long status) {
  if (status >= 0 || status < -4095)
    return status;
  errno = (int)-status;
  return -1;
}

/* In libc it is this system call and nothing else. */
HH_EXPORT int prctl(int option, ...) {
  va_list list;
  va_start(list, option);
  unsigned long a = va_arg(list, unsigned long), b = va_arg(list, unsigned long), c = va_arg(list, unsigned long),
                d = va_arg(list, unsigned long);
  va_end(list);
  if (HH_UNLIKELY(option == PR_SET_SECCOMP)) {
    if (a == SECCOMP_MODE_STRICT)
      hh_process_confined();
    else
      filter_comes((const struct sock_fprog *)b, false); // NOLINT: an address by definition
  }
  return (int)result_of(hh_syscall6(SYS_prctl, option, (long)a, (long)b, (long)c, (long)d, 0));
}

typedef long syscall_function(long number, long a, long b, long c, long d, long e, long f);
static syscall_function *real_syscall;

void hh_sandbox_resolve(void) {
  void *found = hh_libc_next("syscall");
  memcpy(&real_syscall, &found, sizeof found);
}

static HH_COLD void seccomp_call(long operation, long flags, long argument) {
  if (operation == SECCOMP_SET_MODE_STRICT)
    hh_process_confined();
  else if (operation == SECCOMP_SET_MODE_FILTER)
    filter_comes((const struct sock_fprog *)argument, flags & SECCOMP_FILTER_FLAG_TSYNC);
}

/* syscall itself; under a name of its own because its declaration has no fixed arguments. The call of the real one is a
 * jump: callers that come back twice (SYS_vfork), or on another stack, find no frame of ours. */
syscall_function hh_syscall_hook __asm__("syscall");
HH_EXPORT long hh_syscall_hook(long number, long a, long b, long c, long d, long e, long f) {
  if (HH_UNLIKELY(number == SYS_seccomp))
    seccomp_call(a, b, c);
  if (HH_UNLIKELY(number == SYS_prctl && a == PR_SET_SECCOMP))
    seccomp_call(b == SECCOMP_MODE_STRICT ? SECCOMP_SET_MODE_STRICT : SECCOMP_SET_MODE_FILTER, 0, c);
  syscall_function *real = real_syscall;
  if (HH_UNLIKELY(!real)) /* a constructor before ours */
    return result_of(hh_syscall6(number, a, b, c, d, e, f));
  return real(number, a, b, c, d, e, f);
}

/* ---- filters from before */

static uint64_t number_behind(const char *text, const char *name) {
  const char *at = strstr(text, name);
  uint64_t number = 0;
  for (at = at ? at + strlen(name) : ""; *at == '\t' || (*at >= '0' && *at <= '9'); at++)
    if (*at != '\t')
      number = number * 10 + (uint64_t)(*at - '0');
  return number;
}

/* How many filters a process is under; kernels before 5.9 only say whether there are any. Files can be opened here: the
 * loader has just done so. */
static uint64_t filters_of(const char *path) {
  char text[4096];
  int fd = hh_sys_open_read(path);
  long length = fd < 0 ? fd : hh_sys_read(fd, text, sizeof text - 1);
  if (fd >= 0)
    hh_sys_close(fd);
  if (length <= 0)
    return UINT64_MAX;
  text[length] = 0;
  uint64_t count = number_behind(text, "\nSeccomp_filters:");
  return count ? count : number_behind(text, "\nSeccomp:");
}

/* A container's own filter is on its first process too, and says EPERM rather than kill. */
bool hh_sandbox_is_inherited(void) {
  uint64_t own = filters_of("/proc/self/status");
  return own != 0 && own != UINT64_MAX && own > filters_of("/proc/1/status");
}
