/* Recursion, callbacks out of libc, tail calls, longjmp, alloca and arrays of variable length. */
#include "touch.h"
#include <alloca.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

static NOINLINE int recurse(int depth) {
  touch((size_t)depth);
  int below = depth ? recurse(depth - 1) : 0;
  touch((size_t)below);
  return below + 1;
}

static int by_value(const void *a, const void *b) {
  touch(8);
  return *(const int *)a - *(const int *)b;
}

static NOINLINE int last_call(int depth) {
  touch((size_t)depth);
  return touch_count;
}
static NOINLINE int tail_call(int depth) {
  touch((size_t)depth);
  touch_count++;
  return last_call(depth + 1);
}

static jmp_buf back;
static NOINLINE void jump_from(int depth) {
  touch((size_t)depth);
  if (depth == touch_count % 1)
    longjmp(back, 1); /* at 0; the compiler need not know */
  jump_from(depth - 1);
  touch_count++;
}

static NOINLINE int with_alloca(int depth, int size) {
  volatile char *area = alloca((size_t)(32 + size * 16));
  area[0] = (char)depth;
  touch((size_t)depth);
  if (depth)
    touch_count += with_alloca(depth - 1, (size * 7 + 3) % 11);
  touch(2);
  return area[0];
}

static NOINLINE int with_array(int depth, int size) {
  volatile char area[size * 24 + 1];
  memset((char *)area, depth, sizeof area);
  touch((size_t)depth);
  if (depth)
    touch_count += with_array(depth - 1, (size * 5 + 1) % 13);
  touch(3);
  return area[size];
}

int main(void) {
  for (volatile int round = 0; round < 5; round++) {
    recurse(30);
    int numbers[50];
    for (int i = 0; i < 50; i++)
      numbers[i] = i * 7919 % 101;
    qsort(numbers, 50, sizeof numbers[0], by_value);
    tail_call(3);
    for (volatile int i = 0; i < 5; i++) {
      if (!setjmp(back))
        jump_from(i + 3);
      touch(9);
    }
    with_alloca(8, round % 11);
    with_array(8, round % 13);
  }
  puts("ok");
  return 0;
}
