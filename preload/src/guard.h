/* Keeps hooks from entering the profiler twice on one thread: libc's allocation functions may call each other (musl's
 * calloc calls malloc), the profiler makes libc allocate, and a signal handler may interrupt it anywhere. */
#ifndef HH_GUARD_H
#define HH_GUARD_H
#include "common.h"
#include "process.h"
#include "thread.h"

/* hh_thread.busy: the frame address of the hook at work, with this bit when what happens inside is not the
 * application's doing and is passed over without being counted. Frames are aligned to 8. */
/* ... and with this one when the hook may be left by an exception: then its return address tells whether it is there.
 */
enum { HH_BUSY_QUIET = 1, HH_BUSY_THROWS = 2, HH_BUSY_BITS = HH_BUSY_QUIET | HH_BUSY_THROWS };

/* The thread is inside the profiler already. True when whoever set the mark is gone (a handler left by siglongjmp);
 * otherwise the event is counted unless it is the profiler's own. Async-signal-safe. */
bool hh_guard_abandoned(hh_thread *thread, const void *frame);

/* The calling thread's record if an event is to be recorded now, else NULL. Keeps errno. */
HH_INLINE hh_thread *hh_guard_enter(const void *frame, unsigned quiet) {
  if (HH_UNLIKELY(!hh_records(hh_gate.recording)) && !hh_process_wake())
    return NULL;
  hh_thread *thread = hh_self;
  if (HH_UNLIKELY(!thread) && !(thread = hh_thread_attach()))
    return NULL;
  if (HH_UNLIKELY(thread->busy) && !hh_guard_abandoned(thread, frame))
    return NULL;
  thread->busy = (uintptr_t)frame | quiet;
  __atomic_signal_fence(__ATOMIC_SEQ_CST); /* a handler on this thread sees the mark before anything else changes */
  return thread;
}

HH_INLINE void hh_guard_leave(hh_thread *thread) {
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  thread->busy = 0;
}
#endif
