/* This process and its threads. */
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/utsname.h>

#include "sys.h"
#include "syscall.h"

int hh_sys_pid(void) {
  return (int)hh_syscall3(SYS_getpid, 0, 0, 0);
}

int hh_sys_parent_pid(void) {
  return (int)hh_syscall3(SYS_getppid, 0, 0, 0);
}

int hh_sys_tid(void) {
  return (int)hh_syscall3(SYS_gettid, 0, 0, 0);
}

void hh_sys_signal_self(int number) {
  hh_syscall3(SYS_tgkill, hh_sys_pid(), hh_sys_tid(), number);
}

int hh_sys_thread_alive(int tid) {
  return hh_syscall3(SYS_tgkill, hh_sys_pid(), tid, 0) != -ESRCH;
}

/* "TID (NAME) S ...": the state follows the last parenthesis. */
int hh_sys_thread_sleeps(int tid) {
  char path[64] = "/proc/self/task/", text[128], *digit = path + sizeof "/proc/self/task/" - 1;
  for (int rest = tid; rest; rest /= 10)
    digit++;
  memcpy(digit, "/stat", sizeof "/stat");
  for (; tid; tid /= 10)
    *--digit = (char)('0' + tid % 10);
  int fd = hh_sys_open_read(path);
  long length = fd < 0 ? fd : hh_sys_read(fd, text, sizeof text - 1);
  if (fd >= 0)
    hh_sys_close(fd);
  text[length > 0 ? length : 0] = 0;
  const char *end = strrchr(text, ')');
  return end && end[1] && end[2] == 'S';
}

uint64_t hh_sys_address_space_limit(void) {
  uint64_t limit[2]; /* now, at most: 64 bits in the kernel's call, whatever libc's struct has */
  if (hh_syscall6(SYS_prlimit64, 0, RLIMIT_AS, 0, (long)limit, 0, 0) != 0 || limit[0] > UINTPTR_MAX)
    return UINTPTR_MAX;
  return limit[0];
}

int hh_sys_random(void *out, size_t bytes) {
  return hh_syscall3(SYS_getrandom, (long)out, (long)bytes, 0) == (long)bytes ? 0 : -EIO;
}

int hh_sys_hostname(char *out, size_t bytes) {
  struct utsname names;
  long status = hh_syscall3(SYS_uname, (long)&names, 0, 0);
  if (status < 0)
    return (int)status;
  size_t length = strnlen(names.nodename, sizeof names.nodename);
  if (length >= bytes)
    length = bytes - 1;
  memcpy(out, names.nodename, length);
  out[length] = 0;
  return 0;
}

int hh_sys_futex_wait(uint32_t *word, uint32_t expected, uint64_t timeout_ns) {
  long timeout[2] = {(long)(timeout_ns / 1000000000u), (long)(timeout_ns % 1000000000u)}; /* as this call has it */
  return (int)hh_syscall6(SYS_futex, (long)word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, expected,
                          timeout_ns == UINT64_MAX ? 0 : (long)timeout, 0, 0);
}

int hh_sys_futex_wake(uint32_t *word, int count) {
  return (int)hh_syscall3(SYS_futex, (long)word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count);
}

void hh_sys_exit_process(int status) {
  for (;;)
    hh_syscall3(SYS_exit_group, status, 0, 0);
}

#if defined(__mips__)
enum { KERNEL_SIGNALS_BYTES = 16 };
#else
enum { KERNEL_SIGNALS_BYTES = 8 };
#endif

/* A fault whose signal is blocked would end the process, where the application may have a handler for it. */
static const int of_faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};

void hh_sys_hold_signals(hh_sys_signals *before) {
  hh_sys_signals held;
  memset(&held, 0xff, sizeof held);
  unsigned char *bytes = (unsigned char *)&held;
  for (size_t i = 0; i < sizeof of_faults / sizeof *of_faults; i++) {
    unsigned bit = (unsigned)of_faults[i] - 1, word = bit / (8 * sizeof(long)), in_word = bit % (8 * sizeof(long));
    unsigned long mask;
    memcpy(&mask, bytes + word * sizeof mask, sizeof mask); /* the kernel's set is an array of long */
    mask &= ~(1UL << in_word);
    memcpy(bytes + word * sizeof mask, &mask, sizeof mask);
  }
  memset(before, 0, sizeof *before);
  hh_syscall6(SYS_rt_sigprocmask, SIG_BLOCK, (long)&held, (long)before, KERNEL_SIGNALS_BYTES, 0, 0);
}

void hh_sys_let_signals(const hh_sys_signals *before) {
  hh_syscall6(SYS_rt_sigprocmask, SIG_SETMASK, (long)before, 0, KERNEL_SIGNALS_BYTES, 0, 0);
}

/* rt_sigprocmask copies the new mask in before it looks at `how`: with an impossible `how` it changes nothing and says
 * EFAULT for an unreadable mask, EINVAL for a readable one. No descriptor, no permission, no signal. */
static int word_readable(uintptr_t address) {
  /* A null mask is no mask: that succeeds. */
  return address && hh_syscall6(SYS_rt_sigprocmask, -1, (long)(address & ~(uintptr_t)(KERNEL_SIGNALS_BYTES - 1)), 0,
                                KERNEL_SIGNALS_BYTES, 0, 0) != -EFAULT;
}

int hh_sys_readable(const void *address, size_t bytes) {
  enum { PAGE = 4096 };
  if (bytes == 0)
    return 1;
  uintptr_t first = (uintptr_t)address & ~(uintptr_t)7, last = ((uintptr_t)address + bytes - 1) & ~(uintptr_t)7;
  if (last < first)
    return 0;
  for (uintptr_t at = first; at < last; at = (at | (PAGE - 1)) + 1)
    if (!word_readable(at))
      return 0;
  return word_readable(last);
}

/* process_vm_readv on ourselves: unlike a look and then a load, nothing can be unmapped between the two. */
long hh_sys_copy(void *out, const hh_sys_span *parts, size_t count) {
  enum { MOST_AT_ONCE = 1024 }; /* UIO_MAXIOV */
  _Static_assert(sizeof(hh_sys_span) == sizeof(struct iovec), "the kernel reads them");
  long total = 0;
  const int pid = hh_sys_pid();
  while (count) {
    const size_t now = count < MOST_AT_ONCE ? count : MOST_AT_ONCE;
    size_t wanted = 0;
    for (size_t i = 0; i < now; i++)
      wanted += parts[i].bytes;
    struct iovec into = {(char *)out + total, wanted};
    const long got = hh_syscall6(SYS_process_vm_readv, pid, (long)&into, 1, (long)parts, (long)now, 0);
    if (got < 0)
      return total ? total : got;
    total += got;
    if ((size_t)got < wanted)
      break;
    parts += now;
    count -= now;
  }
  return total;
}
