// Does what it is told: for each number N on standard input it makes N allocations of known sizes, frees most of them, and
// answers with one line: allocations so far, bytes so far, frees so far, and the time when it was done (Unix, ns).
// Ends with code 0 at the end of input. Uses no stdio, so that nothing else allocates.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { KEPT = 1000 };

static uint64_t allocations, bytes, frees;
static void *kept[KEPT];

static __attribute__((noinline)) void *take(size_t size) {
  void *block = malloc(size);
  allocations++;
  bytes += size;
  __asm__ volatile("" ::: "memory");
  return block;
}

// Every tenth block lives until it is replaced 10,000 allocations later; what is left at the end leaks.
static __attribute__((noinline)) void work(uint64_t count) {
  for (uint64_t i = 0; i < count; i++) {
    void *block = take(16 + allocations % 500);
    if (allocations % 10 != 0) {
      free(block);
      frees++;
      continue;
    }
    void **place = &kept[allocations / 10 % KEPT];
    if (*place) {
      free(*place);
      frees++;
    }
    *place = block;
  }
}

static int read_number(uint64_t *number) {
  char digit;
  *number = 0;
  while (read(0, &digit, 1) == 1) {
    if (digit == '\n') return 1;
    *number = *number * 10 + (uint64_t)(digit - '0');
  }
  return 0;
}

int main(void) {
  uint64_t count;
  while (read_number(&count)) {
    work(count);
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    char line[160];
    int length = snprintf(line, sizeof line, "%llu %llu %llu %lld%09ld\n", (unsigned long long)allocations,
                          (unsigned long long)bytes, (unsigned long long)frees, (long long)time.tv_sec, time.tv_nsec);
    if (write(1, line, (size_t)length) != length) return 1;
  }
  return 0;
}
