#include "guess.h"
#include "loader_watch.h"
#include "memo.h"
#include "module_table.h"
#include "rules.h"
#include <stddef.h>

enum { REACH_BYTES = 1 << 20, TOP_BYTES = 4096 };

extern char **environ;
static uint64_t main_stack_top; /* the kernel put the environment right above the first frame */

void hh_guess_init(void) {
  main_stack_top = (uint64_t)(uintptr_t)environ;
}

static int is_in_module(uint64_t address) {
  hh_lock_take(&hh_rules_lock);
  int found = hh_modules_image_at(address) != NULL;
  hh_lock_release(&hh_rules_lock);
  return found;
}

static int is_in_musl(uint64_t pc) {
  return hh_loader_is_libc && hh_loader_contains(pc);
}

/* musl is built without unwind data and without frame pointers: what the register holds there is mostly something else,
 * and a return address outside of all modules proves it. Elsewhere it may be generated code (V8's builtins, in node's
 * own file, return to it). */
static int is_plausible_return(uint64_t from, uint64_t to) {
  return to >= HH_LOWEST_PC && (!is_in_musl(from) || is_in_module(to - 1));
}

/* HH_GUESS_STACK_AT < 0: not where the frame pointer leads, but not inside of it and at most where the next one does.
 */
static uint64_t stack_of_caller(uint64_t frame, uint64_t outer) {
  if (HH_GUESS_STACK_AT >= 0)
    return frame + (uint64_t)HH_GUESS_STACK_AT;
  return outer > frame && outer - frame <= REACH_BYTES ? outer : frame + 2 * HH_WORD;
}

int hh_guess(hh_readable *readable, hh_state *state) {
  const uint64_t frame = state->frame;
  if (!HH_GUESS || frame < state->sp || frame - state->sp > REACH_BYTES || (frame & (HH_WORD - 1)))
    return -1;
  hh_readable_doubt(readable);
  const uint64_t frame_at = frame + (uint64_t)HH_GUESS_FRAME_AT, return_at = frame + (uint64_t)HH_GUESS_RETURN_AT;
  if (!hh_readable_check(readable, frame_at) || !hh_readable_check(readable, return_at)) {
    state->sp = 0;
    return 0;
  }
  const uint64_t outer = *(const hh_word *)(uintptr_t)frame_at, pc = *(const hh_word *)(uintptr_t)return_at;
  if (!is_plausible_return(hh_pc(state->pc), hh_pc(pc)))
    return -1;
  *state = (hh_state){pc, stack_of_caller(frame, outer), outer, HH_FRAME_GUESSED};
  return 0;
}

/* On musl programs and threads are started by code without unwind data. It lies near the top of its stack: below the
 * environment, or below the thread's own record, to which the thread pointer points. */
int hh_guess_is_outermost(const hh_state *state) {
  if (!is_in_musl(hh_pc(state->pc)))
    return 0;
  const uint64_t thread_top = (uint64_t)(uintptr_t)HH_THREAD_POINTER();
  return main_stack_top - state->sp < TOP_BYTES || thread_top - state->sp < TOP_BYTES;
}
