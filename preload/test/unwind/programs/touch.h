/* For programs that run under verify.c: touch() allocates, so the stack is taken and compared there. */
#ifndef TOUCH_H
#define TOUCH_H
#include <stdlib.h>

#define NOINLINE __attribute__((noinline))

static void *volatile touch_block;
static volatile int touch_count;

static NOINLINE void touch(size_t bytes) {
  void *block = malloc(bytes + 1);
  touch_block = block;
  free(block);
  touch_count++;
}

static unsigned touch_seed = 1;
static inline unsigned touch_random(unsigned below) {
  touch_seed = touch_seed * 1664525u + 1013904223u;
  return (touch_seed >> 8) % below;
}
#endif
