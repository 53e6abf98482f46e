/* Threads with the smallest stacks allowed, many of them one after another and at once. */
#include "touch.h"
#include <limits.h>
#include <pthread.h>
#include <stdio.h>

static NOINLINE int recurse(int depth) {
  touch((size_t)depth);
  return depth ? recurse(depth - 1) + 1 : 0;
}

static void *run(void *argument) {
  for (int i = 0; i < 20; i++)
    recurse(5 + i % 7);
  return argument;
}

int main(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN > 16384 ? (size_t)PTHREAD_STACK_MIN : 16384))
    return 1;
  for (int round = 0; round < 50; round++) {
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
      if (pthread_create(&threads[i], &attributes, run, NULL))
        return 1;
    }
    for (int i = 0; i < 8; i++)
      pthread_join(threads[i], NULL);
  }
  puts("ok");
  return 0;
}
