/* Threads on the smallest stacks that libc allows and on 64 KiB, which allocate, and handlers that allocate on small
 * alternate stacks. */
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

static int handled;

static void on_signal(int number) {
  (void)number;
  void *volatile block = malloc(99);
  free(block);
  handled++;
}

static void *allocate(void *depth) {
  volatile char page[512];
  page[0] = 1;
  void *volatile block = malloc(100);
  if ((intptr_t)depth > 0)
    allocate((void *)((intptr_t)depth - 1));
  free(block);
  return NULL;
}

static int run(size_t stack_bytes, intptr_t depth) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (pthread_attr_setstacksize(&attributes, stack_bytes) != 0)
    return 0;
  int started = 0;
  for (int i = 0; i < 20; i++) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, allocate, (void *)depth) != 0)
      continue;
    started++;
    pthread_join(thread, NULL);
  }
  return started;
}

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

int main(void) {
  size_t least = getauxval(AT_MINSIGSTKSZ) ? getauxval(AT_MINSIGSTKSZ) : 2048, bytes = least + 4096;
  stack_t stack = {.ss_sp = malloc(bytes), .ss_size = bytes};
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
  sigaltstack(&stack, NULL);
  sigaction(SIGUSR1, &action, NULL);
  for (int i = 0; i < 100; i++)
    raise(SIGUSR1);
  printf("handled %d, smallest %d, 64 KiB %d\n", handled, run(PTHREAD_STACK_MIN > 16384 ? PTHREAD_STACK_MIN : 16384, 4),
         run(64 << 10, 40));
  return 0;
}
