/* busy [MS [THREADS]]: works with malloc for MS milliseconds (0: 1000 rounds) on THREADS threads, and then says what
 * any program can see: whether contents, errno, descriptors and signal mask are as they were. Runs on each libc, and
 * static. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 64, ROUNDS = 1000, THREADS_MAX = 64 };
static long milliseconds;
static int damaged;

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static unsigned next_random(unsigned *state) {
  return *state = *state * 1664525 + 1013904223;
}

static void put(unsigned char **slot, unsigned random) {
  size_t size = 1 + (random >> 16) % 700;
  if (*slot && (*slot)[0] != (*slot)[(*slot)[1] ? 1 : 0])
    __atomic_store_n(&damaged, 1, __ATOMIC_RELAXED);
  free(*slot);
  *slot = random & 256 ? calloc(1, size + 1) : malloc(size + 1);
  if (*slot)
    memset(*slot, (int)(random >> 24) | 1, size + 1);
}

static void *work(void *seed) {
  unsigned char *slots[SLOTS] = {0};
  unsigned state = (unsigned)(uintptr_t)seed * 7919 + 1;
  long end = now_ms() + milliseconds;
  errno = 77;
  for (int round = 0; round < ROUNDS || now_ms() < end; round++)
    for (int i = 0; i < SLOTS; i++) {
      unsigned random = next_random(&state);
      put(&slots[random % SLOTS], random);
    }
  for (int i = 0; i < SLOTS; i++)
    free(slots[i]);
  struct rlimit memory; /* an allocator that tries something else when a mapping failed says so in errno */
  if (getrlimit(RLIMIT_AS, &memory) == 0 && memory.rlim_cur == RLIM_INFINITY && errno != 77)
    __atomic_store_n(&damaged, 2, __ATOMIC_RELAXED);
  return NULL;
}

static int open_descriptors(void) {
  int count = 0;
  for (int fd = 0; fd < 3; fd++)
    count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

/* What sanitizers look for, each in its turn. Nothing of it is printed but the exit code. */
static int misbehave(void) {
  freopen("/dev/null", "w", stderr);
  char *volatile block = malloc(10);
  int *volatile number = malloc(sizeof *number);
  *number = 0x7fffffff;
  ++*number; /* signed overflow, which by default is only reported */
  free(block);
  return (block[3] & 1) + 1 > 2; /* used after free */
}

int main(int argc, char **argv) {
  pthread_t threads[THREADS_MAX];
  if (argc > 1 && strcmp(argv[1], "bad") == 0)
    return misbehave();
  int count = argc > 2 ? atoi(argv[2]) : 1, started = 0;
  milliseconds = argc > 1 ? atol(argv[1]) : 0;
  while (started < count - 1 && pthread_create(&threads[started], NULL, work, (void *)(intptr_t)(started + 1)) == 0)
    started++;
  work(NULL);
  for (int i = 0; i < started; i++)
    pthread_join(threads[i], NULL);
  sigset_t mask;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  int blocked = 0;
  for (int number = 1; number < 32; number++)
    blocked += sigismember(&mask, number) == 1;
  int lowest = open("/dev/null", O_RDONLY);
  char line[160];
  int length = snprintf(line, sizeof line, "threads %d damaged %d blocked %d standard descriptors %d lowest free %d\n",
                        started + 1, damaged, blocked, open_descriptors(), lowest);
  if (write(1, line, (size_t)length) != length)
    return 40 + lowest;
  return damaged ? 3 : 5;
}
