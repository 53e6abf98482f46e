/* What hooks tell the ring, for hooks.c and for those of other allocators (allocator_hooks.c). All of it is inlined
 * into the hook. */
#ifndef HH_RECORD_H
#define HH_RECORD_H
#include "guard.h"
#include "ring.h"
#include "sample.h"
#include "unwind/frame.h"
#include "unwind/unwind.h"

/* Sampling, dormant, or not begun: the other way through each hook (sample.h). */
#define NOT_EVERYTHING HH_UNLIKELY(hh_gate.recording != HH_RECORD_ALL)

HH_INLINE void put_alloc(hh_thread *thread, void *const *frame, void *block, size_t size, enum hh_kind kind,
                         size_t alignment) {
  if (NOT_EVERYTHING && !hh_sample_takes(thread, block, size))
    return;
  hh_unwind_note_caller(frame[1]);
  uint32_t stack = hh_walk(&thread->walker, frame);
  unsigned align_log2 = kind == HH_KIND_ALIGNED ? 63 - (unsigned)__builtin_clzll(alignment | 1) : 0;
  hh_ring_put_alloc(thread, hh_ring_ticks(), (uintptr_t)block, size, stack, kind, align_log2);
}

HH_INLINE void put_free(hh_thread *thread, void *const *frame, void *block, uint64_t time) {
  if (NOT_EVERYTHING && !hh_sample_takes_free(block))
    return;
  hh_unwind_note_caller(frame[1]);
  uint32_t stack = hh_ring_free_stacks ? hh_walk(&thread->walker, frame) : 0;
  hh_ring_put_free(thread, time, (uintptr_t)block, stack);
}

HH_INLINE void before_free(void *const *frame, void *block) {
  hh_thread *thread = hh_guard_enter(frame, 0);
  if (!thread)
    return;
  put_free(thread, frame, block, hh_ring_ticks());
  hh_guard_leave(thread);
}

/* For real functions that may call other hooks. The mark stays between begin and end. */
HH_INLINE hh_thread *begin(void *const *frame) {
  hh_thread *thread = hh_guard_enter(frame, HH_BUSY_QUIET);
  if (thread)
    thread->countdown_kept = thread->countdown;
  return thread;
}

/* Whatever was counted inside is forgotten: the block that the program asked for counts. */
HH_INLINE void count_once(hh_thread *thread) {
  if (NOT_EVERYTHING)
    thread->countdown = thread->countdown_kept;
}

HH_INLINE void end_alloc(hh_thread *thread, void *const *frame, void *block, size_t size, enum hh_kind kind,
                         size_t alignment) {
  if (!thread)
    return;
  if (block) {
    thread->busy = (uintptr_t)frame;
    count_once(thread);
    put_alloc(thread, frame, block, size, kind, alignment);
  }
  hh_guard_leave(thread);
}

/* A realloc is a free and an allocation, linked. The free's time is from before the real call, because another thread
 * may get the old address while that runs; it is written only once the call has succeeded. */
HH_INLINE void end_realloc(hh_thread *thread, void *const *frame, void *old, uint64_t freed_at, void *block,
                           size_t size) {
  if (!thread)
    return;
  thread->busy = (uintptr_t)frame;
  count_once(thread);
  if (HH_UNLIKELY(hh_ring_says_moved) && old && block)
    hh_ring_put_moved(thread);
  if (old && (block || size == 0))
    put_free(thread, frame, old, freed_at);
  if (block)
    put_alloc(thread, frame, block, size, old ? HH_KIND_REALLOC : HH_KIND_MALLOC, 0);
  hh_guard_leave(thread);
}
#endif
