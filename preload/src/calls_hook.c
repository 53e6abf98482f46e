#include "calls.h"
#include "guard.h"
#include "process.h"
#include "sender.h"
#include "unwind/unwind.h"

hh_call_guard hh_call_enter(void *const *frame) {
  hh_call_guard none = {NULL, 0};
  if (!hh_records(hh_gate.recording))
    return none;
  hh_thread *thread = hh_self;
  if (!thread && !(thread = hh_thread_attach()))
    return none;
  uintptr_t outer = thread->busy;
  bool within_hook = (outer & HH_BUSY_QUIET) && (outer & ~(uintptr_t)HH_BUSY_BITS);
  if (outer == HH_BUSY_QUIET)
    return none; /* the profiler's own thread, or one that is being attached */
  if (outer && !within_hook) {
    if (!hh_guard_abandoned(thread, frame))
      return none;
    outer = 0;
  }
  thread->busy = (uintptr_t)frame;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  return (hh_call_guard){thread, outer};
}

void hh_call_leave(hh_call_guard guard, void *const *frame, hh_call *call) {
  hh_unwind_note_caller(frame[1]);
  call->node = hh_walk(&guard.thread->walker, frame);
  call->tid = (uint32_t)guard.thread->tid;
  hh_call_put(call);
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  guard.thread->busy = guard.outer;
  if (hh_calls_urgent())
    hh_sender_nudge();
}
