// Counting shim: an LD_PRELOAD library that knows nothing of Heaphound and counts what the program asks of its allocator.
// The counters lie in a file that is mapped shared, $COUNT_DIR/<pid>, so they can be read after any kind of end.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
  _Atomic uint64_t allocations;  // successful ones; a realloc that succeeds is one
  _Atomic uint64_t bytes;        // as requested
  _Atomic uint64_t frees;        // of anything but NULL; a realloc of an existing block is one
} counters;

static counters before_start;
static counters *totals = &before_start;

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }
#define NEXT(name) ({ static __typeof__(&name) found; if (!found) found = (__typeof__(&name))next(#name); found; })

static void *allocated(void *block, size_t size) {
  if (block) {
    atomic_fetch_add(&totals->allocations, 1);
    atomic_fetch_add(&totals->bytes, size);
  }
  return block;
}

static void freed(void) { atomic_fetch_add(&totals->frees, 1); }

// A child of fork counts for itself, out of sight: it must not write into its parent's file.
static void in_child(void) {
  if (totals == &before_start) return;
  mmap(totals, sizeof(counters), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

__attribute__((constructor)) static void start(void) {
  const char *directory = getenv("COUNT_DIR");
  char path[512];
  if (!directory || snprintf(path, sizeof path, "%s/%d", directory, getpid()) >= (int)sizeof path) return;
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0 || ftruncate(file, sizeof(counters)) != 0) return;
  counters *mapped = mmap(NULL, sizeof(counters), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped == MAP_FAILED) return;
  mapped->allocations = before_start.allocations;
  mapped->bytes = before_start.bytes;
  mapped->frees = before_start.frees;
  totals = mapped;
  extern int __register_atfork(void (*)(void), void (*)(void), void (*)(void), void *);
  __register_atfork(NULL, NULL, in_child, NULL);
}

void *malloc(size_t size) { return allocated(NEXT(malloc)(size), size); }
void *calloc(size_t count, size_t size) { return allocated(NEXT(calloc)(count, size), count * size); }

void *realloc(void *block, size_t size) {
  void *moved = NEXT(realloc)(block, size);
  if (block && (moved || size == 0)) freed();
  return allocated(moved, size);
}

void *reallocarray(void *block, size_t count, size_t size) {
  void *moved = NEXT(reallocarray)(block, count, size);
  if (block && (moved || count * size == 0)) freed();
  return allocated(moved, count * size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  int status = NEXT(posix_memalign)(block, alignment, size);
  if (status == 0) allocated(*block, size);
  return status;
}

void *aligned_alloc(size_t alignment, size_t size) { return allocated(NEXT(aligned_alloc)(alignment, size), size); }
void *memalign(size_t alignment, size_t size) {
  static void *(*found)(size_t, size_t);
  if (!found) found = next("memalign");
  return allocated(found(alignment, size), size);
}
void *valloc(size_t size) { return allocated(NEXT(valloc)(size), size); }
void *pvalloc(size_t size) { return allocated(((void *(*)(size_t))next("pvalloc"))(size), size); }

void free(void *block) {
  if (block) freed();
  NEXT(free)(block);
}
