/* crowd THREADS [BLOCKS KIB]: so many threads allocate a little, or that many blocks each, from two dozen frames, then
 * wait together. Prints what the process has resident then, in KiB, beyond what it had with one thread; with KIB, once
 * it is no more than that, or after a minute. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_barrier_t all_there, all_seen;

static __attribute__((noinline)) void *deep(int depth) {
  void *volatile block = depth ? deep(depth - 1) : malloc(100);
  return block;
}

static int blocks = 4;

static void *work(void *argument) {
  for (int i = 0; i < blocks; i++)
    free(deep(20));
  pthread_barrier_wait(&all_there);
  pthread_barrier_wait(&all_seen);
  return argument;
}

static long resident_kib(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%*d %ld", &pages) != 1)
    exit(1);
  fclose(file);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char **argv) {
  const int count = argc > 1 ? atoi(argv[1]) : 1000;
  if (argc > 2)
    blocks = atoi(argv[2]);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 << 10);
  pthread_barrier_init(&all_there, NULL, (unsigned)count + 1);
  pthread_barrier_init(&all_seen, NULL, (unsigned)count + 1);
  free(deep(20));
  const long before = resident_kib();
  pthread_t *threads = calloc((size_t)count, sizeof *threads);
  for (int i = 0; i < count; i++)
    if (pthread_create(&threads[i], &attributes, work, NULL))
      return 1;
  pthread_barrier_wait(&all_there);
  for (int i = 0; argc > 3 && i < 600 && resident_kib() - before > atol(argv[3]); i++)
    usleep(100000); /* the sender looks every second or so */
  printf("%ld\n", resident_kib() - before);
  pthread_barrier_wait(&all_seen);
  for (int i = 0; i < count; i++)
    pthread_join(threads[i], NULL);
  return 0;
}
