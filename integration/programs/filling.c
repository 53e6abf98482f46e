// Fills its memory as it is told: each line on standard input is a letter, a count and a size. `t` loads that many rows of a table,
// `c` puts that many entries into a cache, `a` builds that many answers, `d` drops as many cache entries, the oldest first.
// Answers each line with the time when it began and when it was done (Unix, ns). Uses no stdio input, so nothing else allocates
// after its first answer.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// Functions that do the same would become one.
#define NOINLINE __attribute__((noinline, noclone, no_icf))

enum { MAX_ENTRIES = 4096, LINE_BYTES = 100 };

static void *cache[MAX_ENTRIES];
static size_t first, end;
static void *volatile kept;  // the table and the answers stay

static NOINLINE void *filled(void *block, size_t size) {
  if (!block) abort();
  memset(block, 1, size);
  return block;
}

static NOINLINE void load_table(size_t count, size_t size) {
  while (count-- > 0) kept = filled(malloc(size), size);
}

static NOINLINE void fill_cache(size_t count, size_t size) {
  while (count-- > 0 && end < MAX_ENTRIES) cache[end++] = filled(malloc(size), size);
}

static NOINLINE void build_answer(size_t count, size_t size) {
  while (count-- > 0) kept = filled(malloc(size), size);
}

static NOINLINE void drop_cache(size_t count) {
  while (count-- > 0 && first < end) free(cache[first++]);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int read_line(char *line) {
  for (size_t at = 0; at + 1 < LINE_BYTES; at++) {
    if (read(0, line + at, 1) != 1) return 0;
    if (line[at] != '\n') continue;
    line[at] = 0;
    return 1;
  }
  return 0;
}

int main(void) {
  char line[LINE_BYTES];
  // Whatever is recorded of a program is sent once that is older than a moment and goes on allocating.
  nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
  while (read_line(line)) {
    char *rest;
    size_t count = strtoul(line + 1, &rest, 10), size = strtoul(rest, NULL, 10);
    long long began = now();
    if (line[0] == 't') load_table(count, size);
    if (line[0] == 'c') fill_cache(count, size);
    if (line[0] == 'a') build_answer(count, size);
    if (line[0] == 'd') drop_cache(count);
    int length = snprintf(line, sizeof line, "%lld %lld\n", began, now());
    if (write(1, line, (size_t)length) != length) return 1;
  }
  return 0;
}
