/* soak THREADS SECONDS PAIRS_PER_SECOND: threads allocate, resize, hand blocks to each other, and are replaced by new
 * ones all the time. Prints what is resident beside the program's own blocks: after a fifth of the time, and at the
 * end. */
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { EXCHANGE = 4096, BURST = 200, LIVES_BURSTS = 60, DEPTHS = 48 };
static _Atomic(void *) exchange[EXCHANGE]; /* whoever finds a block here frees it and leaves one of its own */
static atomic_int stop;
static long pause_ns;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint32_t next_random(uint32_t *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed >> 8;
}

static void *make(uint32_t *seed) {
  size_t size = 16 + next_random(seed) % (next_random(seed) % 64 ? 400 : 20000);
  switch (next_random(seed) % 5) {
  case 0:
    return calloc(1, size);
  case 1:
    return realloc(malloc(size / 2 + 1), size);
  case 2:
    return memalign(64, size);
  default:
    return malloc(size);
  }
}

static __attribute__((noinline)) void deep(int depth, uint32_t *seed) {
  volatile char frame[32] = {0};
  if (depth > 0)
    deep(depth - 1, seed);
  else
    free(atomic_exchange(&exchange[next_random(seed) % EXCHANGE], make(seed)));
  frame[0]++;
}

static void *work(void *argument) {
  uint32_t seed = (uint32_t)(uintptr_t)argument;
  for (int burst = 0; burst < LIVES_BURSTS && !stop; burst++) {
    for (int i = 0; i < BURST; i++)
      deep((int)(next_random(&seed) % DEPTHS), &seed);
    nanosleep(&(struct timespec){pause_ns / 1000000000, pause_ns % 1000000000}, NULL);
  }
  return NULL;
}

/* One thread of the program, again and again. */
static void *keep(void *argument) {
  uintptr_t seed = (uintptr_t)argument;
  while (!stop) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, (void *)(seed += 1000003)) == 0)
      pthread_join(thread, NULL);
  }
  return NULL;
}

static long resident_kib(void) {
  char text[256] = "";
  FILE *file = fopen("/proc/self/statm", "r");
  long pages = 0;
  if (file && fgets(text, sizeof text, file))
    sscanf(text, "%*d %ld", &pages);
  if (file)
    fclose(file);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static long beside_kib(void) {
  malloc_trim(0);
  struct mallinfo2 info = mallinfo2();
  return resident_kib() - (long)((info.uordblks + info.hblkhd) / 1024);
}

int main(int argc, char **argv) {
  int threads = argc > 1 ? atoi(argv[1]) : 64;
  double seconds = argc > 2 ? atof(argv[2]) : 5, began = now();
  pause_ns = (long)(1e9 * BURST * threads / (argc > 3 ? atof(argv[3]) : 100000));
  pthread_t *thread = calloc((size_t)threads, sizeof *thread);
  for (uintptr_t i = 0; i < (uintptr_t)threads; i++)
    pthread_create(&thread[i], NULL, keep, (void *)(i * 7919 + 1));
  while (now() - began < seconds / 5)
    nanosleep(&(struct timespec){0, 100000000}, NULL);
  long early = beside_kib();
  while (now() - began < seconds)
    nanosleep(&(struct timespec){0, 100000000}, NULL);
  stop = 1;
  for (int i = 0; i < threads; i++)
    pthread_join(thread[i], NULL);
  long late = beside_kib();
  for (int i = 0; i < EXCHANGE; i++)
    free(exchange[i]);
  free(thread);
  fprintf(stderr, "%ld %ld\n", early, late);
  return 0;
}
