/* What one malloc and its free cost in the calling thread at a given depth of calls: pair DEPTH PAIRS. The program is
 * run by run.sh without anything, behind a shim that only passes through, and under the library. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FRAMES = 8 };

static uint64_t cpu_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint32_t state = 1;

/* Three leaves; sizes vary a little, as in real programs. */
#define LEAF(name, bytes)                                                                                              \
  static __attribute__((noinline)) void name(void) {                                                                   \
    state = state * 1664525 + 1013904223;                                                                              \
    char *volatile block = malloc((bytes) + (state >> 28));                                                            \
    block[0] = 1;                                                                                                      \
    free(block);                                                                                                       \
    __asm__ volatile("" ::: "memory");                                                                                 \
  }
LEAF(leaf_small, 24)
LEAF(leaf_middle, 100)
LEAF(leaf_large, 400)

static __attribute__((noinline)) void inner(void) {
  leaf_small();
  leaf_middle();
  leaf_large();
  __asm__ volatile("" ::: "memory");
}

/* The outer frames stay, the innermost two change: what most programs do most of the time. */
static __attribute__((noinline)) void descend(int depth, long rounds) {
  char frame[48];
  memset(frame, depth, sizeof frame);
  __asm__ volatile("" : : "r"(frame) : "memory");
  if (depth > 0)
    descend(depth - 1, rounds);
  else
    for (long i = 0; i < rounds; i++)
      inner();
  __asm__ volatile("" : : "r"(frame) : "memory");
}

int main(int argc, char **argv) {
  int depth = argc > 1 ? atoi(argv[1]) : 20;
  long pairs = argc > 2 ? atol(argv[2]) : 3000000;
  enum { FIXED = 5 }; /* main and libc's start, inner, leaf, descend's last */
  int levels = depth > FIXED ? depth - FIXED : 0;
  descend(levels, pairs / 30);
  uint64_t best = UINT64_MAX;
  for (int round = 0; round < 5; round++) {
    uint64_t start = cpu_ns();
    descend(levels, pairs / 15);
    uint64_t took = cpu_ns() - start;
    best = took < best ? took : best;
  }
  printf("%.1f\n", (double)best / (double)(pairs / 15 * 3));
  return 0;
}
