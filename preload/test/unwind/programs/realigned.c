/* Frames that align the stack themselves: the CFA is then a word in memory. With arguments on the stack and areas of
 * variable size on top. Build with -mavx2. */
#include "touch.h"
#include <alloca.h>
#include <stdio.h>

static NOINLINE int wide(int depth) {
  _Alignas(64) volatile char area[128];
  area[1] = (char)depth;
  volatile char *more = alloca((size_t)(depth * 8 + 8));
  more[0] = 1;
  touch((size_t)depth);
  if (depth)
    touch_count += wide(depth - 1) + area[1];
  touch(1);
  return area[1] + more[0];
}

static NOINLINE double wider(int depth) {
  _Alignas(128) volatile double area[32];
  area[depth & 31] = depth;
  touch((size_t)depth);
  if (depth)
    touch_count += (int)wider(depth - 1);
  return area[depth & 31];
}

static NOINLINE int with_arguments(int a, int b, int c, int d, int e, int f, int g, int h, long i) {
  _Alignas(64) volatile double area[8];
  area[a & 7] = g;
  volatile char *more = alloca((size_t)(h * 8 + 8));
  more[0] = 1;
  touch(5);
  if (a)
    a += with_arguments(a - 1, b, c, d, e, f, g, h, i + a);
  touch(6);
  return (int)area[b & 7] + more[0] + (int)i + a;
}

int main(void) {
  for (int round = 0; round < 20; round++) {
    wide(6 + round % 3);
    wider(6 + round % 5);
    with_arguments(4, 1, 2, 3, 4, 5, 6, 7 + round, 8);
  }
  puts("ok");
  return 0;
}
