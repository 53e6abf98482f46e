/* What a stack costs: ns per capture above an empty hook, for hh_walk (stack id included) and for libunwind's cached
 * unw_backtrace (raw frames only), in one run with the modes interleaved.
 *
 *   tight   the same call site again and again
 *   tree    between captures the depth changes by 1 to 4 frames, up or down, through functions with different frames
 *   outer   a frame in the outer third is replaced between captures: nearly all of the memo is lost
 *
 * Minimum and median of REPETITIONS; on a shared machine trust minima and ratios. */
#include "unwind/unwind.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { REPETITIONS = 101, CAPTURES = 2000, FRAMES_MAX = 1024 };
enum mode { EMPTY, HEAPHOUND, LIBUNWIND, MODES };

static hh_walker walker;
static int (*unw_backtrace)(void **, int);
static enum mode mode;
static volatile uint32_t sink;
static volatile int work;
static void *buffer[FRAMES_MAX];

/* Stands for malloc: compiled with a frame pointer, as hooks are. */
static __attribute__((noinline, optimize("no-omit-frame-pointer"))) void capture(void) {
  void *const *frame = HH_FRAME();
  if (mode == HEAPHOUND)
    sink = hh_walk(&walker, frame);
  else if (mode == LIBUNWIND)
    sink = (uint32_t)unw_backtrace(buffer, FRAMES_MAX);
}

static uint32_t seed;
static uint32_t next_random(void) {
  return (seed = seed * 1664525u + 1013904223u) >> 8;
}

static int remaining, target, lowest, highest;
static void next_target(void) {
  int delta = 1 + (int)(next_random() & 3);
  target += next_random() & 1 ? delta : -delta;
  if (target < lowest)
    target = lowest;
  if (target > highest)
    target = highest;
}

typedef void (*shape)(int depth);
static const shape shapes[];
enum { SHAPES = 8 };

/* Moves to the target depth by calls and returns, captures there, and goes on to the next one. */
#define SHAPE(number, bytes)                                                                                           \
  static __attribute__((noinline)) void shape_##number(int depth) {                                                    \
    volatile char frame[bytes];                                                                                        \
    frame[0] = (char)depth;                                                                                            \
    int count = work;                                                                                                  \
    while (remaining > 0) {                                                                                            \
      if (depth < target) {                                                                                            \
        shapes[(unsigned)(depth * 5 + number) % SHAPES](depth + 1);                                                    \
      } else if (depth > target) {                                                                                     \
        break;                                                                                                         \
      } else {                                                                                                         \
        capture();                                                                                                     \
        remaining--;                                                                                                   \
        next_target();                                                                                                 \
      }                                                                                                                \
      count++;                                                                                                         \
    }                                                                                                                  \
    work = count + frame[0];                                                                                           \
  }
SHAPE(0, 8)
SHAPE(1, 24)
SHAPE(2, 40)
SHAPE(3, 72)
SHAPE(4, 104)
SHAPE(5, 136)
SHAPE(6, 200)
SHAPE(7, 312)

static const shape shapes[] = {shape_0, shape_1, shape_2, shape_3, shape_4, shape_5, shape_6, shape_7};

static void at_depth(int depth, int spread) {
  remaining = CAPTURES;
  target = depth;
  lowest = depth - spread > 0 ? depth - spread : 1;
  highest = depth + spread;
  shapes[0](1);
}

static void tight(int depth) {
  at_depth(depth, 0);
}
static void tree(int depth) {
  at_depth(depth, 8);
}

static __attribute__((noinline)) void leaf(int depth) {
  if (depth)
    leaf(depth - 1);
  else
    capture();
  work++;
}
static __attribute__((noinline)) void left(int depth) {
  leaf(depth);
  work++;
}
static __attribute__((noinline)) void right(int depth) {
  leaf(depth);
  work--;
}
static __attribute__((noinline)) void outer_at(int above, int below) {
  if (above) {
    outer_at(above - 1, below);
  } else {
    for (int i = 0; i < CAPTURES; i++)
      (i & 1 ? left : right)(below);
  }
  work++;
}
static void outer(int depth) {
  outer_at(depth / 3, depth - depth / 3);
}

static double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure(const char *name, void (*load)(int), int depth) {
  static double taken[MODES][REPETITIONS];
  for (int repetition = -5; repetition < REPETITIONS; repetition++) {
    for (mode = EMPTY; mode < MODES; mode++) {
      if (mode == LIBUNWIND && !unw_backtrace)
        continue;
      seed = 1;
      double start = now_ns();
      load(depth);
      if (repetition >= 0)
        taken[mode][repetition] = (now_ns() - start) / CAPTURES;
    }
  }
  for (int m = 0; m < MODES; m++)
    qsort(taken[m], REPETITIONS, sizeof(double), compare);
  printf("%-6s %5d |", name, depth);
  for (int m = HEAPHOUND; m < MODES; m++)
    printf(" %8.0f /%7.0f |", taken[m][0] - taken[EMPTY][0], taken[m][REPETITIONS / 2] - taken[EMPTY][REPETITIONS / 2]);
  printf(" %.2f\n", (taken[HEAPHOUND][0] - taken[EMPTY][0]) / (taken[LIBUNWIND][0] - taken[EMPTY][0]));
}

int main(void) {
  static const int depths[] = {5, 20, 60, 200};
  if (hh_stacks_init() || hh_unwind_init() || hh_walker_init(&walker))
    return 1;
  void *library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
  if (library)
    unw_backtrace = (int (*)(void **, int))dlsym(library, "unw_backtrace");
  hh_unwind_refresh();
  printf("load   depth | hh_walk  min/ median | libunwind min/median | ratio of minima\n");
  for (unsigned i = 0; i < sizeof depths / sizeof depths[0]; i++) {
    measure("tight", tight, depths[i]);
    measure("tree", tree, depths[i]);
    measure("outer", outer, depths[i]);
  }
  return 0;
}
