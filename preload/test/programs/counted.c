/* counted FILE: allocates until it is killed, and keeps its own count where a kill does not reach it: in a shared
 * mapping of FILE, beside a note of count and time for each millisecond.
 *
 *   u64 count | u64 notes | { u64 unix_ns, u64 count } ... */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { NOTES = 60000, HELD = 1000, LOOK_EVERY = 16 };
#define MS 1000000

typedef struct journal {
  volatile uint64_t count, notes;
  struct {
    uint64_t unix_ns, count;
  } note[NOTES];
} journal;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Each at a place of its own in the code, so that new stacks are defined all the time. */
static __attribute__((noinline)) void *allocate(uint64_t i, unsigned depth) {
  if (depth == 0)
    return malloc(16 + i % 1000);
  void *block = i >> depth & 1 ? allocate(i, depth - 1) : allocate(i, depth - 1);
  __asm__ volatile("" : "+r"(block));
  return block;
}

int main(int count, char **arguments) {
  static void *held[HELD];
  int fd = count > 1 ? open(arguments[1], O_RDWR | O_CREAT, 0600) : -1;
  if (fd < 0 || ftruncate(fd, sizeof(journal)))
    return 1;
  journal *journal = mmap(NULL, sizeof *journal, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  uint64_t noted = 0;
  for (uint64_t i = 0;; i++) {
    free(held[i % HELD]);
    held[i % HELD] = allocate(i, i / 4096 % 12);
    journal->count = i + 1;
    if (i % LOOK_EVERY)
      continue;
    uint64_t time = now();
    if (time - noted >= MS && journal->notes < NOTES) {
      noted = time;
      journal->note[journal->notes].unix_ns = time;
      journal->note[journal->notes].count = i + 1;
      journal->notes++;
      struct timespec pause = {0, 200000};
      nanosleep(&pause, NULL); /* a program that does other things too */
    }
  }
}
