#include "guard.h"

#include <signal.h>

#include "sys/sys.h"
#include "sys/syscall.h"

static bool on_signal_stack(void) {
  stack_t stack;
  return hh_syscall3(SYS_sigaltstack, 0, (long)&stack, 0) == 0 && (stack.ss_flags & SS_ONSTACK);
}

/* What ran since has the place of the hook's frame on the stack, and its return address is gone with it. A stack that
 * is gone as a whole was the one of a coroutine. */
static bool was_thrown_out(const hh_thread *thread, uintptr_t holder) {
  void *const *frame = (void *const *)holder;
  return hh_sys_readable(frame, 2 * sizeof *frame) != 1 || frame[1] != thread->thrower;
}

HH_COLD bool hh_guard_abandoned(hh_thread *thread, const void *frame) {
  uintptr_t holder = thread->busy & ~(uintptr_t)HH_BUSY_BITS;
  /* Whatever the holder called lies below it. A frame at its place or above means that it was left without returning,
   * unless this is a handler on the alternate stack. */
  if (holder && (uintptr_t)frame >= holder && !on_signal_stack())
    return true;
  if ((thread->busy & HH_BUSY_THROWS) && was_thrown_out(thread, holder))
    return true;
  if (!(thread->busy & HH_BUSY_QUIET))
    __atomic_fetch_add(&thread->busy_events, 1, __ATOMIC_RELAXED); /* handlers interrupt handlers here too */
  return false;
}
