/* sandboxed ACTION [PROGRAM ...]: forbids itself everything that a small program does not need: sockets, threads,
 * processes, opening files, and more. ACTION: kill, errno, or trap. tsync-ACTION: for all threads. Then allocates on
 * and prints; with PROGRAM it becomes that instead, under a filter that lets it start (no sockets, threads, processes).
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const int needed[] = {SYS_read,          SYS_write, SYS_brk,        SYS_mmap,         SYS_munmap,
                             SYS_mremap,        SYS_exit,  SYS_exit_group, SYS_rt_sigreturn, SYS_newfstatat,
                             SYS_clock_gettime, SYS_close, SYS_lseek};
static const int forbidden[] = {SYS_socket, SYS_connect,     SYS_sendto, SYS_clone,       SYS_clone3, SYS_fork,
                                SYS_vfork,  SYS_close_range, SYS_tgkill, SYS_sigaltstack, SYS_getppid};

static struct sock_filter filter[64];
static unsigned short used;

static void put(unsigned short code, unsigned char yes, unsigned char no, unsigned value) {
  filter[used++] = (struct sock_filter){code, yes, no, value};
}

static void make_filter(const int *calls, size_t count, unsigned listed, unsigned others) {
  put(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
  for (size_t i = 0; i < count; i++) {
    put(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (unsigned)calls[i]);
    put(BPF_RET | BPF_K, 0, 0, listed);
  }
  put(BPF_RET | BPF_K, 0, 0, others);
}

static void work(long milliseconds) {
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do {
    for (int i = 0; i < 500; i++) {
      void *volatile block = malloc(300);
      free(block);
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < milliseconds);
}

int main(int argc, char **argv) {
  if (argc < 2)
    return 2;
  int all_threads = strncmp(argv[1], "tsync-", 6) == 0, late = strstr(argv[1], "late-") != NULL;
  unsigned action = strstr(argv[1], "kill")   ? SECCOMP_RET_KILL_PROCESS
                    : strstr(argv[1], "trap") ? SECCOMP_RET_TRAP
                                              : SECCOMP_RET_ERRNO | EPERM;
  if (late)
    work(200); /* the profile is well under way */
  if (argc > 2)
    make_filter(forbidden, sizeof forbidden / sizeof *forbidden, action, SECCOMP_RET_ALLOW);
  else
    make_filter(needed, sizeof needed / sizeof *needed, SECCOMP_RET_ALLOW, action);
  struct sock_fprog program = {used, filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  long status =
      all_threads || strstr(argv[1], "syscall")
          ? syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, all_threads ? SECCOMP_FILTER_FLAG_TSYNC : 0, &program)
          : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  if (status != 0)
    return 4;
  if (argc > 2) {
    execv(argv[2], argv + 2);
    return 9;
  }
  work(300);
  const char line[] = "worked under the filter\n";
  return write(1, line, sizeof line - 1) == sizeof line - 1 ? 6 : 7;
}
