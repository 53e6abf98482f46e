#include "guess.h"
#include "loader_watch.h"
#include "memo.h"
#include "module_table.h"
#include "rules.h"
#include "unwind.h"
#include <link.h>
#include <stddef.h>

enum { REACH_BYTES = 1 << 20, TOP_BYTES = 4096, FIRST_FRAME_BYTES = 64, MOST_ARGUMENTS = 1 << 16 };

static uint64_t main_stack_top; /* the kernel put the environment right above the first frame */
static uint64_t arguments_at;   /* of the program: where its stack begins */

/* Below the environment lies a null, below that the arguments, and below them how many there are. */
static uint64_t find_arguments(const hh_word *top) {
  for (hh_word count = 0; count < MOST_ARGUMENTS; count++) {
    const hh_word *at = top - 2 - count;
    if (*at == count)
      return (uint64_t)(uintptr_t)at;
  }
  return 0;
}

void hh_unwind_note_main_stack(char **environment) {
  main_stack_top = (uint64_t)(uintptr_t)environment;
  if (HH_UNDESCRIBED_ENDS && environment)
    arguments_at = find_arguments((const hh_word *)(void *)environment);
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

/* Where programs and threads start is not described, or not told from all code that has no data (.ARM.exidx). */
static int is_first_of_program_or_thread(const hh_state *state) {
  const uint64_t pc = hh_pc(state->pc), thread_top = (uint64_t)(uintptr_t)HH_THREAD_POINTER();
  if (arguments_at - state->sp <= FIRST_FRAME_BYTES)
    return 1;
  hh_lock_take(&hh_rules_lock);
  const hh_image *libc = hh_modules_image_at((uint64_t)(uintptr_t)&dl_iterate_phdr);
  const int in_libc = libc && hh_modules_image_at(pc - 1) == libc;
  hh_lock_release(&hh_rules_lock);
  return in_libc && thread_top - state->sp < TOP_BYTES;
}

/* On musl programs and threads are started by code without unwind data. It lies near the top of its stack: below the
 * environment, or below the thread's own record, to which the thread pointer points. */
int hh_guess_is_outermost(const hh_state *state) {
  if (HH_UNDESCRIBED_ENDS)
    return is_first_of_program_or_thread(state);
  if (!is_in_musl(hh_pc(state->pc)))
    return 0;
  const uint64_t thread_top = (uint64_t)(uintptr_t)HH_THREAD_POINTER();
  return main_stack_top - state->sp < TOP_BYTES || thread_top - state->sp < TOP_BYTES;
}
