/* Counts what reaches the allocator (glibc's), independently: preloaded behind the library. */
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

unsigned long counted_allocations, counted_frees;

static void *allocated(void *block) {
  if (block)
    __atomic_fetch_add(&counted_allocations, 1, __ATOMIC_RELAXED);
  return block;
}

void *malloc(size_t size) {
  return allocated(__libc_malloc(size));
}

void *calloc(size_t count, size_t size) {
  return allocated(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size) {
  void *moved = __libc_realloc(block, size);
  if (block && (moved || size == 0))
    __atomic_fetch_add(&counted_frees, 1, __ATOMIC_RELAXED);
  return allocated(moved);
}

void *memalign(size_t alignment, size_t size) {
  return allocated(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size) {
  return allocated(__libc_memalign(alignment, size));
}

void free(void *block) {
  if (block)
    __atomic_fetch_add(&counted_frees, 1, __ATOMIC_RELAXED);
  __libc_free(block);
}
