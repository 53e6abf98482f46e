// A signal handler that allocates interrupts a thread that allocates, ten thousand times. That is not allowed by the standard, but
// programs do it; here the handler runs only while the main program is outside of the allocator's critical part: between
// calls of raise(). The stack of the handler's blocks goes through the signal frame to main.
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>

static void *last;

static __attribute__((noinline)) void handler(int number) {
  free(last);
  last = malloc((size_t)(100 + number));
  __asm__ volatile("" ::: "memory");
}

static __attribute__((noinline)) void interrupted(void) {
  free(malloc(50));
  raise(SIGUSR1);
  __asm__ volatile("" ::: "memory");
}

int main(void) {
  signal(SIGUSR1, handler);
  for (int i = 0; i < 10000; i++) interrupted();
  return 0;
}
