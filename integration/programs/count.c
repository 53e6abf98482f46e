// Counting shim: an LD_PRELOAD library that knows nothing of Heaphound and counts what the program asks of its allocator.
// The counters lie in a file that is mapped shared, $COUNT_DIR/<pid>, so they can be read after any kind of end.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
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

// What comes after us: the profiler's functions, or the C library's. Found all at once, because dlsym itself allocates and frees
// (it keeps its error text on the heap): what it asks for meanwhile comes from `early` and is never given back.
static struct {
  void *(*malloc)(size_t);
  void *(*calloc)(size_t, size_t);
  void *(*realloc)(void *, size_t);
  void *(*reallocarray)(void *, size_t, size_t);
  int (*posix_memalign)(void **, size_t, size_t);
  void *(*aligned_alloc)(size_t, size_t);
  void *(*memalign)(size_t, size_t);
  void *(*valloc)(size_t);
  void *(*pvalloc)(size_t);
  void (*free)(void *);
} next;

static _Alignas(16) char early[65536];
static size_t early_used;

static void *take_early(size_t size) {
  size_t start = early_used;
  early_used += (size + 15) & ~(size_t)15;
  if (early_used > sizeof early) abort();
  return early + start;
}

static int is_early(const void *block) { return (const char *)block >= early && (const char *)block < early + sizeof early; }

// True once everything is found; false while that is under way.
static int ready(void) {
  static int state;
  if (state == 2) return 1;
  if (state == 1) return 0;
  state = 1;
#define FIND(name) *(void **)&next.name = dlsym(RTLD_NEXT, #name)
  FIND(malloc);
  FIND(calloc);
  FIND(realloc);
  FIND(reallocarray);
  FIND(posix_memalign);
  FIND(aligned_alloc);
  FIND(memalign);
  FIND(valloc);
  FIND(pvalloc);
  FIND(free);
  state = 2;
  return 1;
}

// The C library allocates a block for a new thread. For the profiler's own thread that is not the program's doing.
static __attribute__((tls_model("initial-exec"))) _Thread_local int not_the_programs;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  static __typeof__(&pthread_create) create;
  if (!create) *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
  Dl_info caller;
  int found = dladdr(__builtin_return_address(0), &caller);
  not_the_programs = found && caller.dli_fname && strstr(caller.dli_fname, "libheaphound");
  int status = create(thread, attributes, start, argument);
  not_the_programs = 0;
  return status;
}

static void *allocated(void *block, size_t size) {
  if (block && !not_the_programs) {
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

void *malloc(size_t size) { return ready() ? allocated(next.malloc(size), size) : take_early(size); }

void *calloc(size_t count, size_t size) {
  return ready() ? allocated(next.calloc(count, size), count * size) : take_early(count * size);
}

void *realloc(void *block, size_t size) {
  if (!ready() || is_early(block)) abort();
  void *moved = next.realloc(block, size);
  if (block && (moved || size == 0)) freed();
  return allocated(moved, size);
}

void *reallocarray(void *block, size_t count, size_t size) {
  if (!ready() || is_early(block)) abort();
  void *moved = next.reallocarray(block, count, size);
  if (block && (moved || count * size == 0)) freed();
  return allocated(moved, count * size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  if (!ready()) abort();
  int status = next.posix_memalign(block, alignment, size);
  if (status == 0) allocated(*block, size);
  return status;
}

void *aligned_alloc(size_t alignment, size_t size) {
  return ready() ? allocated(next.aligned_alloc(alignment, size), size) : NULL;
}
void *memalign(size_t alignment, size_t size) { return ready() ? allocated(next.memalign(alignment, size), size) : NULL; }
void *valloc(size_t size) { return ready() ? allocated(next.valloc(size), size) : NULL; }
void *pvalloc(size_t size) { return ready() ? allocated(next.pvalloc(size), size) : NULL; }

void free(void *block) {
  if (!ready() || is_early(block)) return;
  if (block) freed();
  next.free(block);
}
