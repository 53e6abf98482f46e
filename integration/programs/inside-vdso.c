/* A timer interrupts the kernel's own object in this process (clock_gettime) with a handler that allocates. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

enum { WANTED = 50, VDSO_BYTES = 16384 };
static volatile sig_atomic_t inside;

static void handler(int number, siginfo_t *info, void *context) {
  (void)number, (void)info;
#if defined(__x86_64__)
  unsigned long at = (unsigned long)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#else
  unsigned long at = (unsigned long)((ucontext_t *)context)->uc_mcontext.pc;
#endif
  if (at - getauxval(AT_SYSINFO_EHDR) >= VDSO_BYTES)
    return;
  void *volatile block = malloc(77);
  free(block);
  inside++;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
  struct itimerval often = {.it_interval.tv_usec = 300, .it_value.tv_usec = 300}, never = {0};
  sigaction(SIGPROF, &action, NULL);
  setitimer(ITIMER_PROF, &often, NULL);
  for (struct timespec now; inside < WANTED;)
    clock_gettime(CLOCK_MONOTONIC, &now);
  setitimer(ITIMER_PROF, &never, NULL);
  return 0;
}
