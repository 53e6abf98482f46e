/* Stack switching: stacks of their own, stacks that are unmapped between captures, and one stack whose contents are
 * copied in and out so that different chains stand at the same addresses. */
#include "touch.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* switch_to(&save, to): pushes what a callee must keep, stores sp, takes the other one. A new stack returns into
 * `enter`, which has no caller. */
void switch_to(void **save, void *to);
void enter(void);
#if defined(__x86_64__)
__asm__(
    ".text\n.globl switch_to\n.type switch_to,@function\nswitch_to:\n.cfi_startproc\n"
    "push %rbp\n.cfi_def_cfa_offset 16\n.cfi_offset rbp,-16\npush %rbx\n.cfi_def_cfa_offset 24\n.cfi_offset rbx,-24\n"
    "push %r12\n.cfi_def_cfa_offset 32\n.cfi_offset r12,-32\npush %r13\n.cfi_def_cfa_offset 40\n.cfi_offset r13,-40\n"
    "push %r14\n.cfi_def_cfa_offset 48\n.cfi_offset r14,-48\npush %r15\n.cfi_def_cfa_offset 56\n.cfi_offset r15,-56\n"
    "mov %rsp,(%rdi)\nmov %rsi,%rsp\n"
    "pop %r15\n.cfi_def_cfa_offset 48\npop %r14\n.cfi_def_cfa_offset 40\npop %r13\n.cfi_def_cfa_offset 32\n"
    "pop %r12\n.cfi_def_cfa_offset 24\npop %rbx\n.cfi_def_cfa_offset 16\npop %rbp\n.cfi_def_cfa_offset 8\nret\n"
    ".cfi_endproc\n.size switch_to,.-switch_to\n"
    ".globl enter\n.type enter,@function\nenter:\n.cfi_startproc\n.cfi_undefined rip\nmov %r12,%rdi\ncall *%rbx\nud2\n"
    ".cfi_endproc\n.size enter,.-enter\n");
enum { SAVED_WORDS = 9, /* keeps sp aligned in `enter` */ SLOT_BODY = 4, SLOT_ARGUMENT = 3, SLOT_RETURN = 6 };
#endif

typedef struct coroutine {
  void *sp;
  uint8_t *stack;
  size_t size;
  int number, done;
} coroutine;

static void *home;
static coroutine *running;

static void yield(void) {
  switch_to(&running->sp, home);
}
static void resume(coroutine *c) {
  running = c;
  switch_to(&home, c->sp);
}

static void prepare(coroutine *c, void (*body)(coroutine *)) {
  uintptr_t *top = (uintptr_t *)(void *)(c->stack + c->size) - SAVED_WORDS;
  memset(top, 0, SAVED_WORDS * sizeof *top);
  top[SLOT_BODY] = (uintptr_t)body;
  top[SLOT_ARGUMENT] = (uintptr_t)c;
  top[SLOT_RETURN] = (uintptr_t)enter;
  c->sp = top;
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
static void body(coroutine *c) {
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
