/* A timer interrupts the kernel's own code in this process (clock_gettime of the vDSO) with a handler that allocates.
 */
#include "touch.h"
#include <elf.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

enum { WANTED = 200, VDSO_BYTES = 16384 };
static volatile sig_atomic_t inside;

static unsigned long interrupted_at(const ucontext_t *context) {
#if defined(__x86_64__)
  return (unsigned long)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
  return (unsigned long)context->uc_mcontext.pc;
#else
  (void)context;
  return 0;
#endif
}

static void on_timer(int number, siginfo_t *info, void *context) {
  (void)number, (void)info;
  touch(31);
  if (interrupted_at(context) - getauxval(AT_SYSINFO_EHDR) < VDSO_BYTES)
    inside++;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_timer, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGPROF, &action, NULL);
  struct itimerval often = {.it_interval.tv_usec = 200, .it_value.tv_usec = 200}, never = {0};
  setitimer(ITIMER_PROF, &often, NULL);
  for (struct timespec now, start = {0}; inside < WANTED;) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!start.tv_sec)
      start = now;
    if (now.tv_sec - start.tv_sec > 60) /* no vDSO on this machine, or its clock is a system call */
      break;
  }
  setitimer(ITIMER_PROF, &never, NULL);
  if (inside < WANTED)
    fprintf(stderr, "only %d times inside the vDSO\n", (int)inside);
  puts("ok");
  return 0;
}
