// Four threads that allocate and free as fast as they can, twenty frames deep, with a hundred blocks live in each: the synthetic
// case in which a profiler's cost per event shows undiluted. threads PAIRS (of each thread).
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

enum { THREADS = 4, LIVE = 100, DEPTH = 16 };

static long pairs;

static __attribute__((noinline)) void *deep(int levels, size_t size) {
  void *block = levels == 0 ? malloc(size) : deep(levels - 1, size);
  __asm__ volatile("" ::: "memory");
  return block;
}

static void *work(void *seed) {
  void *live[LIVE] = {0};
  uint64_t state = (uint64_t)(uintptr_t)seed * 88172645463325252ull + 1;
  for (long i = 0; i < pairs; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    void **place = &live[state % LIVE];
    free(*place);
    *place = deep(DEPTH - (int)(state >> 8) % 8, 16 + (state >> 16) % 500);
  }
  for (int i = 0; i < LIVE; i++) free(live[i]);
  return NULL;
}

int main(int argc, char **argv) {
  pairs = argc > 1 ? atol(argv[1]) : 100000;
  pthread_t threads[THREADS];
  for (intptr_t i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, (void *)(i + 1));
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  return 0;
}
