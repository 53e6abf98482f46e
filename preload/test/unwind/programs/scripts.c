/* Random walks over the call tree through frames of many shapes: sizes, saved registers, areas of variable size. */
#include "touch.h"
#include <alloca.h>
#include <stdio.h>

typedef void (*shape)(int depth);
extern const shape shapes[];
enum { SHAPES = 32 };
static int remaining, target, lowest, highest;

static void next_target(void) {
  int delta = 1 + (int)touch_random(touch_random(8) ? 4 : 40);
  target += touch_random(2) ? delta : -delta;
  if (target < lowest)
    target = lowest;
  if (target > highest)
    target = highest;
}

/* Bits of `number`: 0..1 frame size, 2 an area of variable size, 3..4 values that want registers across calls. */
#define SHAPE(number)                                                                                                  \
  static NOINLINE void shape_##number(int depth) {                                                                     \
    volatile char frame[8 + (number & 3) * 40];                                                                        \
    frame[0] = 1;                                                                                                      \
    volatile char *area = number & 4 ? alloca(16 * (touch_random(12) + 1)) : frame;                                    \
    area[1] = 2;                                                                                                       \
    long a = touch_count, b = a * 3, c = b ^ 5;                                                                        \
    while (remaining > 0 && depth <= target) {                                                                         \
      if (depth < target) {                                                                                            \
        shapes[touch_random(SHAPES)](depth + 1);                                                                       \
        a += touch_count;                                                                                              \
        if (number & 8)                                                                                                \
          b += a * 3;                                                                                                  \
        if (number & 16)                                                                                               \
          c ^= b + a;                                                                                                  \
      } else {                                                                                                         \
        touch((size_t)depth & 15);                                                                                     \
        remaining--;                                                                                                   \
        next_target();                                                                                                 \
      }                                                                                                                \
    }                                                                                                                  \
    touch_count += (int)(a + b + c) & 1 & frame[0] & area[1];                                                          \
  }
#define SHAPES8(n) SHAPE(n##0) SHAPE(n##1) SHAPE(n##2) SHAPE(n##3) SHAPE(n##4) SHAPE(n##5) SHAPE(n##6) SHAPE(n##7)
#define NAMES8(n)                                                                                                      \
  shape_##n##0, shape_##n##1, shape_##n##2, shape_##n##3, shape_##n##4, shape_##n##5, shape_##n##6, shape_##n##7
/* Octal numbers. */
SHAPES8(0)
SHAPES8(01)
SHAPES8(02)
SHAPES8(03)

const shape shapes[] = {NAMES8(0), NAMES8(01), NAMES8(02), NAMES8(03)};

static void run(int depth, int spread, int captures) {
  remaining = captures;
  lowest = depth - spread > 1 ? depth - spread : 1;
  highest = depth + spread;
  target = depth;
  while (remaining > 0)
    shapes[touch_random(SHAPES)](1);
}

int main(void) {
  run(5, 5, 8000);
  run(20, 20, 8000);
  run(60, 60, 6000);
  run(200, 100, 3000);
  puts("ok");
  return 0;
}
