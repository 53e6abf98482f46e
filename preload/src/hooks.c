/* The allocation functions. Each does what the real one does, with its results and errno, and tells the ring. A free
 * is recorded before the real free, an allocation after the real one: at any moment an address has one owner. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "real.h"
#include "record.h"

#define HOOKED HH_EXPORT __attribute__((noinline))

/* Not in every libc's headers. */
void free_sized(void *block, size_t size);
void free_aligned_sized(void *block, size_t alignment, size_t size);

HOOKED void *malloc(size_t size) {
  void *const *frame = HH_FRAME();
  if (NOT_EVERYTHING && hh_skips_alloc(size))
    return hh_real.malloc(size);
  void *block = hh_real.malloc(size);
  if (HH_UNLIKELY(!block))
    return NULL;
  hh_thread *thread = hh_guard_enter(frame, 0);
  if (thread) {
    put_alloc(thread, frame, block, size, HH_KIND_MALLOC, 0);
    hh_guard_leave(thread);
  }
  return block;
}

HOOKED void free(void *block) {
  if (!block || HH_UNLIKELY(hh_real_is_boot(block)))
    return;
  if (!(NOT_EVERYTHING && hh_skips_free(block)))
    before_free(HH_FRAME(), block);
  hh_real.free(block);
}

HOOKED void free_sized(void *block, size_t size) {
  if (!block || HH_UNLIKELY(hh_real_is_boot(block)))
    return;
  if (!(NOT_EVERYTHING && hh_skips_free(block)))
    before_free(HH_FRAME(), block);
  hh_real.free_sized(block, size);
}

HOOKED void free_aligned_sized(void *block, size_t alignment, size_t size) {
  if (!block || HH_UNLIKELY(hh_real_is_boot(block)))
    return;
  if (!(NOT_EVERYTHING && hh_skips_free(block)))
    before_free(HH_FRAME(), block);
  hh_real.free_aligned_sized(block, alignment, size);
}

HOOKED void *calloc(size_t count, size_t size) {
  void *const *frame = HH_FRAME();
  if (NOT_EVERYTHING && hh_skips_nested(count * size)) /* nobody minds what an overflow counts */
    return hh_real.calloc(count, size);
  hh_thread *thread = begin(frame);
  void *block = hh_real.calloc(count, size);
  end_alloc(thread, frame, block, count * size, HH_KIND_CALLOC, 0); /* it did not overflow, or block is NULL */
  return block;
}

/* A block from before there was an allocator: its size is not known to the real one. */
static HH_COLD void *leave_boot(void *old, size_t size) {
  void *block = malloc(size);
  size_t had = hh_real_boot_size(old);
  return block ? memcpy(block, old, had < size ? had : size) : NULL;
}

HOOKED void *realloc(void *old, size_t size) {
  void *const *frame = HH_FRAME();
  if (HH_UNLIKELY(old && hh_real_is_boot(old)))
    return leave_boot(old, size);
  if (NOT_EVERYTHING && hh_skips_free(old) && hh_skips_nested(size))
    return hh_real.realloc(old, size);
  hh_thread *thread = begin(frame);
  uint64_t before = thread ? hh_ring_ticks() : 0;
  void *block = hh_real.realloc(old, size);
  end_realloc(thread, frame, old, before, block, size);
  return block;
}

HOOKED void *reallocarray(void *old, size_t count, size_t size) {
  void *const *frame = HH_FRAME();
  size_t total;
  if (HH_UNLIKELY(old && hh_real_is_boot(old))) {
    if (!__builtin_mul_overflow(count, size, &total))
      return leave_boot(old, total);
    errno = ENOMEM;
    return NULL;
  }
  hh_thread *thread = begin(frame);
  uint64_t before = thread ? hh_ring_ticks() : 0;
  void *block = hh_real.reallocarray(old, count, size);
  bool overflow = __builtin_mul_overflow(count, size, &total);
  end_realloc(thread, frame, old, before, block, overflow ? 1 : total);
  return block;
}

HOOKED int posix_memalign(void **out, size_t alignment, size_t size) {
  void *const *frame = HH_FRAME();
  if (NOT_EVERYTHING && hh_skips_nested(size))
    return hh_real.posix_memalign(out, alignment, size);
  hh_thread *thread = begin(frame);
  int status = hh_real.posix_memalign(out, alignment, size);
  end_alloc(thread, frame, status == 0 ? *out : NULL, size, HH_KIND_ALIGNED, alignment);
  return status;
}

HOOKED void *aligned_alloc(size_t alignment, size_t size) {
  void *const *frame = HH_FRAME();
  hh_thread *thread = begin(frame);
  void *block = hh_real.aligned_alloc(alignment, size);
  end_alloc(thread, frame, block, size, HH_KIND_ALIGNED, alignment);
  return block;
}

HOOKED void *memalign(size_t alignment, size_t size) {
  void *const *frame = HH_FRAME();
  hh_thread *thread = begin(frame);
  void *block = hh_real.memalign(alignment, size);
  end_alloc(thread, frame, block, size, HH_KIND_ALIGNED, alignment);
  return block;
}

enum { PAGE = 4096 };

HOOKED void *valloc(size_t size) {
  void *const *frame = HH_FRAME();
  hh_thread *thread = begin(frame);
  void *block = hh_real.valloc(size);
  end_alloc(thread, frame, block, size, HH_KIND_ALIGNED, PAGE);
  return block;
}

HOOKED void *pvalloc(size_t size) {
  void *const *frame = HH_FRAME();
  hh_thread *thread = begin(frame);
  void *block = hh_real.pvalloc(size);
  end_alloc(thread, frame, block, size, HH_KIND_ALIGNED, PAGE);
  return block;
}

HOOKED size_t malloc_usable_size(void *block) {
  if (HH_UNLIKELY(block && hh_real_is_boot(block)))
    return hh_real_boot_size(block);
  return hh_real.malloc_usable_size(block);
}
