/* Blocks of the program's own allocators, which it reports. A pool's first block begins where the memory begins that
 * the pool got from malloc, and both are live: blocks of pools are told apart by an address that malloc does not give,
 * eight bytes further (so blocks of one pool must lie 16 bytes apart to be told apart from each other). */
#define HEAPHOUND_BUILDING
#include "heaphound.h"

#include "record.h"

enum { POOL_MARK = 8 };

static void *marked(const void *pointer) {
  return (void *)((uintptr_t)pointer | POOL_MARK);
}

__attribute__((noinline)) void heaphound_pool_alloc(const void *pool, const void *pointer, size_t size) {
  void *const *frame = HH_FRAME();
  (void)pool;
  if (!pointer || (NOT_EVERYTHING && hh_skips_alloc(size)))
    return;
  hh_thread *thread = hh_guard_enter(frame, 0);
  if (!thread)
    return;
  put_alloc(thread, frame, marked(pointer), size, HH_KIND_MALLOC, 0);
  hh_guard_leave(thread);
}

__attribute__((noinline)) void heaphound_pool_free(const void *pool, const void *pointer) {
  (void)pool;
  if (pointer && !(NOT_EVERYTHING && hh_skips_free(marked(pointer))))
    before_free(HH_FRAME(), marked(pointer));
}
