// A program that knows what it allocates. It keeps a shadow stack of its own functions and writes, without allocating, one JSON
// line per allocation to the file named by its first argument: order, size, kind, address, functions from the innermost to
// main, source line, and between which instants it was allocated and freed. What a profiler says must be exactly this.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ALLOCATIONS = 8192, MAX_DEPTH = 256, LINE_BYTES = 8192 };

typedef struct {
  const char *kind;
  void *block;
  size_t size;
  int line;
  int replaced;  // number of the allocation that a realloc replaced, 0 none
  int depth;
  const char *frames[MAX_DEPTH];
  int64_t allocated[2], freed[2];
} truth;

static truth truths[MAX_ALLOCATIONS + 1];
static int allocations;
static const char *frames[MAX_DEPTH];
static int depth;

#define ENTER() frames[depth++] = __func__
// The empty statement keeps the call before it from becoming a tail call, which would take the frame off the stack.
#define LEAVE() do { depth--; __asm__ volatile("" ::: "memory"); } while (0)
#define NOINLINE __attribute__((noinline, noclone))

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void *note(void *block, const char *kind, size_t size, int line, int64_t before, int replaced) {
  if (!block) return NULL;
  if (allocations == MAX_ALLOCATIONS) abort();
  truth *t = &truths[++allocations];
  *t = (truth){.kind = kind, .block = block, .size = size, .line = line, .replaced = replaced, .depth = depth};
  for (int i = 0; i < depth; i++) t->frames[i] = frames[depth - 1 - i];
  t->allocated[0] = before;
  t->allocated[1] = now();
  return block;
}

static int number_of(const void *block) {
  for (int i = allocations; i > 0; i--)
    if (truths[i].block == block && truths[i].freed[1] == 0) return i;
  return 0;
}

static void note_freed(int number, int64_t before) {
  if (number == 0) return;
  truths[number].freed[0] = before;
  truths[number].freed[1] = now();
}

#define ALLOCATE(kind, size, call) ({ int64_t before = now(); void *block = (call); note(block, kind, size, __LINE__, before, 0); })
#define RELEASE(block) do { \
  void *old = (block); int number = number_of(old); int64_t before = now(); free(old); note_freed(number, before); } while (0)
#define RESIZE(block, size, call) ({ \
  void *old = (block); int number = number_of(old); int64_t before = now(); void *moved = (call); \
  if (moved || (size) == 0) note_freed(number, before); \
  note(moved, old ? "realloc" : "malloc", size, __LINE__, before, number); })

// --- the behaviours -------------------------------------------------------------------------------------------------------

static NOINLINE void *leaf(size_t size) {
  ENTER();
  void *block = ALLOCATE("malloc", size, malloc(size));
  LEAVE();
  return block;
}

static NOINLINE void *other_leaf(size_t size) {
  ENTER();
  void *block = ALLOCATE("calloc", size, calloc(1, size));
  for (size_t i = 0; i < size; i++)
    if (((char *)block)[i] != 0) abort();
  LEAVE();
  return block;
}

// Stacks of every depth up to 80: d frames of one function.
static NOINLINE void *recursive(int levels, size_t size) {
  ENTER();
  void *block = levels == 0 ? leaf(size) : recursive(levels - 1, size);
  LEAVE();
  return block;
}

// A frame whose size is known only at run time.
static NOINLINE void *variable_frame(size_t bytes) {
  ENTER();
  volatile char buffer[bytes];
  buffer[0] = 1;
  buffer[bytes - 1] = 1;
  void *block = leaf(bytes + (size_t)buffer[0]);
  LEAVE();
  return block;
}

static NOINLINE void *large_frame(size_t size) {
  ENTER();
  volatile char buffer[100000];
  buffer[size] = 1;
  void *block = other_leaf(size + (size_t)buffer[size]);
  LEAVE();
  return block;
}

static NOINLINE void *many_arguments(size_t a, size_t b, size_t c, size_t d, size_t e, size_t f, size_t g, size_t h) {
  ENTER();
  void *block = leaf(a + b + c + d + e + f + g + h);
  LEAVE();
  return block;
}

static NOINLINE void pairs(void) {
  ENTER();
  for (int i = 1; i <= 500; i++) {
    void *first = leaf((size_t)i);
    void *second = other_leaf((size_t)i * 3);
    RELEASE(first);
    if (i % 50 != 0) RELEASE(second);  // ten leaks
  }
  LEAVE();
}

// The same loop, with two calls of one function on different lines: two stacks.
static NOINLINE void two_lines(void) {
  ENTER();
  for (int i = 0; i < 20; i++) {
    void *first = leaf(40);
    void *second = leaf(40);
    RELEASE(second);
    RELEASE(first);
  }
  LEAVE();
}

static NOINLINE void depths(void) {
  ENTER();
  for (int levels = 0; levels < 80; levels++) RELEASE(recursive(levels, 64));
  recursive(79, 77);  // a leak at the deepest stack
  LEAVE();
}

static NOINLINE void frames_of_all_kinds(void) {
  ENTER();
  for (size_t bytes = 16; bytes <= 4096; bytes *= 2) RELEASE(variable_frame(bytes));
  RELEASE(large_frame(1000));
  RELEASE(many_arguments(1, 2, 3, 4, 5, 6, 7, 8));
  LEAVE();
}

static NOINLINE void chains(void) {
  ENTER();
  char *block = NULL;
  for (size_t size = 16; size <= 1 << 20; size += size / 2) block = RESIZE(block, size, realloc(block, size));
  for (size_t size = 1 << 19; size >= 16; size /= 2) block = RESIZE(block, size, realloc(block, size));
  block = RESIZE(block, 300, reallocarray(block, 100, 3));
  RELEASE(block);
  char *emptied = leaf(10);
  emptied = RESIZE(emptied, 0, realloc(emptied, 0));  // glibc frees and returns NULL, musl gives an empty block
  RELEASE(emptied);
  LEAVE();
}

static NOINLINE void alignments(void) {
  ENTER();
  for (size_t alignment = sizeof(void *); alignment <= 65536; alignment *= 2) {
    void *block = NULL;
    int64_t before = now();
    if (posix_memalign(&block, alignment, 100) != 0 || (uintptr_t)block % alignment != 0) abort();
    note(block, "aligned", 100, __LINE__ - 1, before, 0);
    void *second = ALLOCATE("aligned", alignment, aligned_alloc(alignment, alignment));
    void *third = ALLOCATE("aligned", 24, memalign(alignment, 24));
    RELEASE(second);
    RELEASE(block);
    RELEASE(third);
  }
#ifdef __GLIBC__
  RELEASE(ALLOCATE("aligned", 5000, valloc(5000)));
  RELEASE(ALLOCATE("aligned", 5000, pvalloc(5000)));
#endif
  LEAVE();
}

// What fails, and what is nothing, must not be recorded, and errno is the allocator's.
static NOINLINE void nothing(void) {
  ENTER();
  volatile size_t huge = PTRDIFF_MAX;
  errno = 0;
  if (malloc(huge) != NULL || errno != ENOMEM) abort();
  if (calloc(huge, 16) != NULL) abort();
  char *block = leaf(32);
  if (realloc(block, huge) != NULL) abort();
  void *unset = (void *)1;
  if (posix_memalign(&unset, 3, 8) != EINVAL) abort();
  errno = 77;
  free(NULL);
  if (errno != 77) abort();
  RELEASE(block);
  if (errno != 77) abort();
  LEAVE();
}

static NOINLINE void sizes(void) {
  ENTER();
  void *blocks[64];
  int count = 0;
  blocks[count++] = leaf(0);
  for (size_t size = 1; size <= (size_t)64 << 20; size *= 4) {
    blocks[count++] = leaf(size);
    blocks[count++] = leaf(size + 1);
  }
  for (int i = 0; i < count; i += 2) RELEASE(blocks[i]);
  for (int i = 1; i < count; i += 2) RELEASE(blocks[i]);
  LEAVE();
}

static void put(int file, const char *format, ...) {
  static char line[LINE_BYTES];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (length < 0 || length >= LINE_BYTES || write(file, line, (size_t)length) != length) _exit(9);
}

static void write_truth(const char *path) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file < 0) _exit(8);
  for (int i = 1; i <= allocations; i++) {
    const truth *t = &truths[i];
    put(file, "{\"id\":%d,\"kind\":\"%s\",\"size\":%zu,\"address\":\"%p\",\"line\":%d,\"replaced\":%d,", i, t->kind, t->size, t->block,
        t->line, t->replaced);
    put(file, "\"allocated\":[\"%lld\",\"%lld\"],\"freed\":[\"%lld\",\"%lld\"],\"stack\":[", (long long)t->allocated[0],
        (long long)t->allocated[1], (long long)t->freed[0], (long long)t->freed[1]);
    for (int f = 0; f < t->depth; f++) put(file, "%s\"%s\"", f ? "," : "", t->frames[f]);
    put(file, "]}\n");
  }
  close(file);
}

int main(int argc, char **argv) {
  ENTER();
  if (argc != 2) return 2;
  pairs();
  two_lines();
  depths();
  frames_of_all_kinds();
  chains();
  alignments();
  nothing();
  sizes();
  write_truth(argv[1]);
  LEAVE();
  return 5;  // not 0, so that a lost exit code shows
}
