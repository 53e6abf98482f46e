/* Stack switching: stacks of their own, stacks that are unmapped between captures, and one stack whose contents are
 * copied in and out so that different chains stand at the same addresses. */
#include "switch.h"
#include "touch.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

typedef struct coroutine {
  context context;
  uint8_t *stack;
  size_t size;
  int number, done;
} coroutine;

static context home;
static coroutine *running;

static void yield(void) {
  context_switch(&running->context, &home);
}
static void resume(coroutine *c) {
  running = c;
  context_switch(&home, &c->context);
}

static void prepare(coroutine *c, void (*body)(void *)) {
  context_make(&c->context, c->stack, c->size, body, c);
  c->done = 0;
}

static NOINLINE void work(coroutine *c, int depth, int switches) {
  touch((size_t)depth);
  if (depth) {
    work(c, depth - 1, switches);
  } else {
    for (int i = 0; i < switches; i++) {
      touch((size_t)i);
      yield();
      touch(7);
    }
  }
  touch_count += c->number;
}
static NOINLINE void other_work(coroutine *c, int depth, int switches) {
  volatile char area[64];
  area[0] = (char)depth;
  touch((size_t)depth);
  if (depth) {
    other_work(c, depth - 1, switches);
  } else {
    for (int i = 0; i < switches; i++) {
      touch((size_t)i);
      yield();
      touch(7);
    }
  }
  touch_count += area[0];
}
static void body(void *argument) {
  coroutine *c = argument;
  if (c->number & 1)
    other_work(c, 4, 6);
  else
    work(c, 5, 6);
  c->done = 1;
  yield();
}

static NOINLINE void own_stacks(int count) {
  static uint8_t stacks[4][65536] __attribute__((aligned(64)));
  coroutine c[4];
  for (int i = 0; i < count; i++) {
    c[i] = (coroutine){.stack = stacks[i], .size = sizeof stacks[i], .number = i};
    prepare(&c[i], body);
  }
  for (int round = 0; round < 7; round++) {
    for (int i = 0; i < count; i++) {
      touch(3);
      resume(&c[i]);
    }
  }
}

static NOINLINE void copied_stack(void) {
  static uint8_t shared[32768] __attribute__((aligned(64))), kept[2][32768];
  coroutine c[2];
  for (int i = 0; i < 2; i++) {
    c[i] = (coroutine){.stack = shared, .size = sizeof shared, .number = i};
    prepare(&c[i], body);
    memcpy(kept[i], shared, sizeof shared);
  }
  for (int round = 0; round < 7; round++) {
    for (int i = 0; i < 2; i++) {
      memcpy(shared, kept[i], sizeof shared);
      touch(1);
      resume(&c[i]);
      touch(2);
      memcpy(kept[i], shared, sizeof shared);
    }
  }
}

static NOINLINE void unmapped_stacks(int depth, int round) {
  if (depth) {
    unmapped_stacks(depth - 1, round);
    touch_count++;
    return;
  }
  coroutine c[2];
  size_t size = (size_t)(round % 3 + 4) * 16384;
  for (int i = 0; i < 2; i++) {
    c[i] = (coroutine){.size = size, .number = i + round};
    c[i].stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    prepare(&c[i], body);
  }
  for (int i = 0; i < 12; i++) {
    touch(1);
    if (!c[i & 1].done)
      resume(&c[i & 1]);
    touch(2);
  }
  munmap(c[0].stack, size);
  munmap(c[1].stack, size);
  touch(8);
}

int main(void) {
  for (int round = 0; round < 30; round++) {
    own_stacks(1 + round % 4);
    copied_stack();
    unmapped_stacks(round % 9, round);
  }
  puts("ok");
  return 0;
}
