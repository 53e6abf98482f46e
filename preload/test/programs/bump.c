/* An allocator that may be entered again anywhere: every block is new, free does nothing. So handlers of signals may
 * allocate, and leave by siglongjmp, at any instruction of whoever called it. It counts. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ARENA = 512 << 20 };
static char arena[ARENA] __attribute__((aligned(16)));
static size_t used;
unsigned long bump_allocations, bump_frees;

static void *take(size_t size) {
  size_t at = __atomic_fetch_add(&used, (size + 31) & ~(size_t)15, __ATOMIC_RELAXED);
  if (size > ARENA || at > ARENA - size - 32) {
    errno = ENOMEM;
    return NULL;
  }
  *(size_t *)(void *)(arena + at) = size;
  return arena + at + 16;
}

void *malloc(size_t size) {
  __atomic_fetch_add(&bump_allocations, 1, __ATOMIC_RELAXED);
  return take(size);
}

void *calloc(size_t count, size_t size) {
  size_t total;
  __atomic_fetch_add(&bump_allocations, 1, __ATOMIC_RELAXED);
  return __builtin_mul_overflow(count, size, &total) ? NULL : take(total);
}

void *realloc(void *block, size_t size) {
  __atomic_fetch_add(&bump_allocations, 1, __ATOMIC_RELAXED);
  void *moved = take(size);
  if (moved && block) {
    size_t had = *(size_t *)(void *)((char *)block - 16);
    memcpy(moved, block, had < size ? had : size);
  }
  return moved;
}

void free(void *block) {
  if (block)
    __atomic_fetch_add(&bump_frees, 1, __ATOMIC_RELAXED);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  __atomic_fetch_add(&bump_allocations, 1, __ATOMIC_RELAXED);
  char *block = take(size + alignment);
  *out = block ? block + (alignment - (uintptr_t)block % alignment) % alignment : NULL;
  return block ? 0 : ENOMEM;
}
