/* The only place that talks to the operating system. Raw system calls where libc's wrapper could be interposed, is a
 * cancellation point, or differs between glibc and musl. All return 0 or a value, or -errno; errno is never touched. */
#ifndef HH_SYS_H
#define HH_SYS_H
#include <stddef.h>
#include <stdint.h>

uint64_t hh_sys_unix_ns(void);
uint64_t hh_sys_monotonic_ns(void);
uint64_t hh_sys_thread_cpu_ns(void);
uint64_t hh_sys_process_cpu_ns(void);
int hh_sys_pid(void);
int hh_sys_parent_pid(void);
int hh_sys_tid(void);
int hh_sys_random(void *out, size_t bytes);
int hh_sys_open_read(const char *path);  /* O_RDONLY | O_CLOEXEC; see descriptors.h */
int hh_sys_open_own(const char *path);   /* as open_read: only a regular file of this user, without waiting */
int hh_sys_open_write(const char *path); /* create, truncate, 0600 */
int hh_sys_rename(const char *from, const char *to);
int hh_sys_open_append(const char *path); /* an existing file */
long hh_sys_read(int fd, void *out, size_t bytes);
long hh_sys_pread(int fd, void *out, size_t bytes, uint64_t offset);
long hh_sys_write_all(int fd, const void *data, size_t bytes);
int hh_sys_close(int fd);
int hh_sys_executable(const char *path); /* 1 or 0: a file that this process may execute */
int hh_sys_file_size(int fd, uint64_t *size);
long hh_sys_readlink(const char *path, char *out, size_t bytes);               /* NUL-terminated */
int hh_sys_futex_wait(uint32_t *word, uint32_t expected, uint64_t timeout_ns); /* UINT64_MAX: for ever */
int hh_sys_futex_wake(uint32_t *word, int count);
uint64_t hh_sys_address_space_limit(void); /* RLIMIT_AS, or all that pointers reach */
int hh_sys_thread_alive(int tid);          /* 1 or 0, a thread of this process */
/* The calling thread's signal mask as the kernel has it (mips: 128 signals). */
typedef struct hh_sys_signals {
  uint64_t words[2];
} hh_sys_signals;
void hh_sys_hold_signals(hh_sys_signals *before); /* all but those that a fault of the thread itself raises */
void hh_sys_let_signals(const hh_sys_signals *before);
void hh_sys_signal_self(int number);                            /* to the calling thread */
int hh_sys_thread_sleeps(int tid);                              /* 1 or 0, a thread of this process, in the kernel */
int hh_sys_hostname(char *out, size_t bytes);                   /* NUL-terminated */
void hh_sys_exit_process(int status) __attribute__((noreturn)); /* exit_group */
/* Copies memory of this process, part behind part; fewer bytes where a part cannot be read, -errno where the first
 * cannot, or the kernel refuses the call. */
typedef struct hh_sys_span {
  const void *address;
  size_t bytes;
} hh_sys_span;
long hh_sys_copy(void *out, const hh_sys_span *parts, size_t count);
int hh_sys_readable(const void *address, size_t bytes); /* 1 or 0: probes without faulting */
#endif
