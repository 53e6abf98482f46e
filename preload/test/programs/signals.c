/* signals HOW: a timer interrupts allocations, within the profiler too, with handlers that allocate; `jump`: some leave
 * by siglongjmp. Runs on bump.so. Prints the allocations and frees that the allocator saw. */
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

extern unsigned long bump_allocations, bump_frees;

static sigjmp_buf back;
static volatile sig_atomic_t handled, jumping, may_jump;

static void on_timer(int signal_number) {
  (void)signal_number;
  void *volatile block = malloc(40);
  free(block);
  if (++handled % 7 == 0 && jumping && may_jump)
    siglongjmp(back, 1);
}

static __attribute__((noinline)) void busy(int depth) {
  void *volatile block = malloc((size_t)depth * 10 + 1);
  if (depth)
    busy(depth - 1);
  free(block);
}

int main(int argc, char **argv) {
  jumping = argc > 1 && strcmp(argv[1], "jump") == 0;
  static char other_stack[64 << 10];
  stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof other_stack};
  struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_NODEFER};
  if (argc > 1 && strcmp(argv[1], "stack") == 0) {
    sigaltstack(&stack, NULL);
    action.sa_flags = SA_ONSTACK;
  }
  sigaction(SIGALRM, &action, NULL);
  struct itimerval often = {.it_interval.tv_usec = 150, .it_value.tv_usec = 150}, never = {0};
  setitimer(ITIMER_REAL, &often, NULL);
  while (handled < 2000) {
    if (sigsetjmp(back, 1) == 0) {
      may_jump = 1;
      for (int i = 0; i < 100; i++)
        busy(20);
    }
    may_jump = 0;
  }
  setitimer(ITIMER_REAL, &never, NULL);
  unsigned long allocations = bump_allocations, frees = bump_frees;
  static char line[64]; /* written once main has returned */
  setvbuf(stdout, line, _IOFBF, sizeof line);
  printf("%lu %lu\n", allocations, frees);
  return 0;
}
