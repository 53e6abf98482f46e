/* One behaviour each, with known answers: what it did is on standard output, the sizes say what they are for. */
#include "bytehound.h"
#include "heaphound.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void *volatile sink;

static void *__attribute__((noinline)) make(size_t size) {
  void *block = malloc(size);
  sink = block; /* several threads come here: not what another put there meanwhile */
  return block;
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void pass_ms(double ms) {
  struct timespec time = {.tv_nsec = (long)(ms * 1e6)};
  nanosleep(&time, NULL);
}

/* ---- cull: the threshold is 100 ms */

static void *handed_over[10], *of_dead_thread[10];

static void *free_handed_over(void *unused) {
  for (int i = 0; i < 10; i++)
    free(handed_over[i]);
  return unused;
}

static void *make_and_end(void *unused) {
  for (int i = 0; i < 10; i++)
    of_dead_thread[i] = make(555);
  return unused;
}

static void in_thread(void *(*work)(void *)) {
  pthread_t thread;
  pthread_create(&thread, NULL, work, NULL);
  pthread_join(thread, NULL);
}

static void cull(void) {
  void *kept[50], *long_lived[20];
  for (int i = 0; i < 1000; i++)
    free(make(100));
  for (int i = 0; i < 50; i++)
    kept[i] = make(777);
  for (int i = 0; i < 20; i++)
    long_lived[i] = make(888);
  char *moved = realloc(realloc(make(1001), 20001), 300001), *short_chain = realloc(make(1002), 20002);
  void *aligned = NULL;
  if (posix_memalign(&aligned, 256, 4321) != 0)
    exit(9);
  void *cleared = calloc(3, 111);
  for (int i = 0; i < 10; i++)
    handed_over[i] = make(444);
  in_thread(free_handed_over);
  in_thread(make_and_end);
  for (int i = 0; i < 5; i++)
    free(of_dead_thread[i]);
  short_chain = realloc(short_chain, 32);
  free(short_chain);
  double since = now_ms();
  while (now_ms() - since < 400)
    pass_ms(20);
  moved = realloc(moved, 400001); /* of a chain that has survived: exact from now on */
  for (int i = 0; i < 20; i++)
    free(long_lived[i]);
  sink = moved, sink = kept[0], sink = aligned, sink = cleared;
}

/* ---- sample */

static unsigned long state = 88172645463325252;
static unsigned long pick(unsigned long below) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state % below;
}

/* Four kinds of sizes, each a quarter of all bytes; a tenth of the blocks stays. */
static void sample(int rounds) {
  static const size_t sizes[] = {24, 400, 6000, 100000};
  unsigned long made_bytes[4] = {0}, made[4] = {0}, kept_bytes = 0, kept = 0;
  for (int round = 0; round < rounds; round++)
    for (int kind = 0; kind < 4; kind++)
      for (size_t bytes = 0; bytes < 400000;) {
        size_t size = sizes[kind] / 2 + pick(sizes[kind]);
        void *block = kind == 1 ? calloc(1, size) : kind == 2 ? realloc(NULL, size) : make(size);
        bytes += size, made_bytes[kind] += size, made[kind]++;
        if (pick(10) == 0)
          kept_bytes += size, kept++;
        else
          free(block);
      }
  for (int kind = 0; kind < 4; kind++)
    printf("%lu %lu ", made_bytes[kind], made[kind]);
  printf("%lu %lu\n", kept_bytes, kept);
}

static void *sample_in_thread(void *unused) {
  for (int i = 0; i < 20000; i++)
    free(make(500));
  return unused;
}

static void threads(void) {
  pthread_t all[4];
  for (int i = 0; i < 4; i++)
    pthread_create(&all[i], NULL, sample_in_thread, NULL);
  for (int i = 0; i < 4; i++)
    pthread_join(all[i], NULL);
}

/* ---- switching */

static void rounds_of(int count, size_t size) {
  for (int i = 0; i < count; i++)
    free(make(size));
}

static void switching(void) {
  void *before = make(5001), *from_exact;
  rounds_of(10, 1001);
  printf("%d", heaphound_mode());
  heaphound_start();
  rounds_of(10, 1002);
  printf(" %d", heaphound_mode());
  from_exact = make(5002);
  heaphound_marker(7, "seven");
  free(before);
  heaphound_set_mode(HEAPHOUND_SAMPLE);
  heaphound_sync(); /* some passes of the sender: it samples now */
  heaphound_sync();
  heaphound_sync();
  heaphound_sync();
  printf(" %d", heaphound_mode());
  free(from_exact);
  rounds_of(100, 1003);
  heaphound_set_mode(HEAPHOUND_EXACT);
  rounds_of(10, 1004);
  heaphound_stop();
  rounds_of(10, 1005);
  heaphound_marker(8, NULL);
  printf(" %d %d\n", heaphound_mode(), heaphound_set_mode((enum heaphound_mode)77));
}

static volatile sig_atomic_t own_handler_calls;
static void own_handler(int number, siginfo_t *info, void *context) {
  own_handler_calls += info && context && number == SIGUSR1;
}

static void signals(void) {
  rounds_of(10, 1001);
  raise(SIGUSR1);
  rounds_of(10, 1002);
  struct sigaction action = {.sa_sigaction = own_handler, .sa_flags = SA_SIGINFO}, was = {.sa_flags = 77};
  sigaction(SIGUSR1, &action, &was);
  raise(SIGUSR1);
  rounds_of(10, 1003);
  raise(SIGUSR1);
  rounds_of(10, 1004);
  raise(SIGUSR2);
  struct sigaction is;
  sigaction(SIGUSR1, NULL, &is);
  printf("%d %d %d\n", (int)own_handler_calls, was.sa_handler == SIG_DFL, is.sa_sigaction == own_handler);
}

/* ---- as programs for Bytehound do it */

static void bytehound(void) {
  rounds_of(10, 1001);
  memory_profiler_set_marker(77);
  memory_profiler_stop();
  rounds_of(10, 1002);
  memory_profiler_start();
  memory_profiler_override_next_timestamp(1);
  rounds_of(10, 1003);
  memory_profiler_sync();
}

/* ---- waking */

/* Touches more and more until it is woken. */
static void grow(void) {
  enum { STEP = 10 << 20, STEPS = 150 };
  rounds_of(10, 1001);
  char *large = make((size_t)STEP * STEPS);
  for (int i = 0; i < STEPS && heaphound_mode() == HEAPHOUND_DORMANT; i++) {
    memset(large + (size_t)STEP * i, 1, STEP);
    pass_ms(40);
  }
  rounds_of(10, 1002);
  free(large);
  printf("%d\n", heaphound_mode());
}

/* So busy that recording everything costs too much. */
static void busy(void) {
  double since = now_ms();
  while (heaphound_mode_now() != HEAPHOUND_SAMPLE && now_ms() - since < 30000)
    rounds_of(1000, 64);
  printf("%d\n", heaphound_mode());
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  setvbuf(stdout, NULL, _IONBF, 0);
  if (strcmp(what, "cull") == 0)
    cull();
  else if (strcmp(what, "sample") == 0)
    sample(argc > 2 ? atoi(argv[2]) : 100);
  else if (strcmp(what, "threads") == 0)
    threads();
  else if (strcmp(what, "switching") == 0)
    switching();
  else if (strcmp(what, "signals") == 0)
    signals();
  else if (strcmp(what, "bytehound") == 0)
    bytehound();
  else if (strcmp(what, "grow") == 0)
    grow();
  else if (strcmp(what, "busy") == 0)
    busy();
  else
    return 2;
  return 0;
}
