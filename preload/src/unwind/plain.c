/* The walk without memory: what every other walk is compared with in tests. */
#include "loader.h"
#include "memo.h"
#include "rules.h"
#include "step.h"
#include "unwind.h"
#include "walk_full.h"

typedef struct frames {
  uint64_t *out;
  int count, max;
} frames;

static int add(void *context, uint64_t address) {
  frames *to = context;
  if (to->count == to->max)
    return 1;
  to->out[to->count++] = address;
  return 0;
}

int hh_walk_plain(void *const *frame, uint64_t *out, int max) {
  hh_readable readable = {.current = 0};
  hh_state state = hh_state_of_caller(frame);
  frames to = {out, 0, max};
  const enum hh_asking asking = hh_asking_of(hh_pc(state.pc));
  hh_readable_enter(&readable, (uint64_t)(uintptr_t)frame);
  while (hh_pc(state.pc) >= HH_LOWEST_PC) {
    const uint64_t address = hh_pc(state.pc) - 1 + (state.flags / HH_FRAME_INTERRUPTED & 1);
    if (add(&to, address))
      break;
    hh_rule rule = hh_rule_find(address, asking);
    enum hh_step step = hh_step(&readable, rule, &state);
    if (step == HH_STEP_FULL) {
      int guessed = 0;
      to.count = 0;
      hh_walk_full(&readable, frame, asking, add, &to, &guessed);
      break;
    }
    if (step != HH_STEP_ON)
      break;
  }
  return to.count;
}
