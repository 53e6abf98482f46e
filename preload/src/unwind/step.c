#include "step.h"
#include "guess.h"
#include "memo.h"

static int read_word(hh_readable *readable, uint64_t address, uint64_t *value) {
  if (!hh_readable_check(readable, address))
    return -1;
  *value = *(const hh_word *)(uintptr_t)address;
  return 0;
}

static enum hh_step step_special(hh_readable *readable, const hh_special *special, hh_state *state) {
  const uint64_t sp = state->sp, frame = state->frame;
  uint64_t cfa = hh_special_base(special->cfa_base, 0, sp, frame) + (uint64_t)(int64_t)special->cfa_offset;
  uint64_t pc, outer_frame = frame;
  if (special->cfa_deref && read_word(readable, cfa, &cfa))
    return HH_STEP_UNREADABLE;
  if (special->cfa_deref && !cfa)
    return HH_STEP_END;
  uint64_t return_at =
      hh_special_base(special->return_base, cfa, sp, frame) + (uint64_t)(int64_t)special->return_offset;
  if (read_word(readable, return_at, &pc))
    return HH_STEP_UNREADABLE;
  if (special->frame_base != HH_BASE_SAME) {
    uint64_t frame_at = hh_special_base(special->frame_base, cfa, sp, frame) + (uint64_t)(int64_t)special->frame_offset;
    if (read_word(readable, frame_at, &outer_frame))
      return HH_STEP_UNREADABLE;
  }
  *state = (hh_state){pc, cfa, outer_frame, HH_FRAME_BY_SPECIAL | (special->signal ? HH_FRAME_INTERRUPTED : 0)};
  return HH_STEP_ON;
}

static enum hh_step step_guess(hh_readable *readable, hh_state *state) {
  hh_state outer = *state;
  if (HH_GUESS && !state->frame)
    return HH_STEP_END; /* marks the outermost frame by the ABI */
  if (hh_guess(readable, &outer))
    return hh_guess_is_outermost(state) ? HH_STEP_END : HH_STEP_LOST;
  if (!outer.sp)
    return HH_STEP_UNREADABLE;
  *state = outer;
  return HH_STEP_ON;
}

static enum hh_step step_common(hh_readable *readable, hh_rule rule, hh_state *state) {
  uint64_t cfa = (rule & HH_RULE_FRAME ? state->frame : state->sp) + HH_RULE_OFFSET(rule);
  uint64_t slot = HH_RULE_SLOT(rule), pc, frame = state->frame;
  if (cfa <= state->sp || read_word(readable, hh_slot_address(cfa, HH_RULE_RETURN(rule)), &pc))
    return HH_STEP_UNREADABLE;
  if (slot && read_word(readable, hh_slot_address(cfa, slot), &frame))
    return HH_STEP_UNREADABLE;
  *state = (hh_state){pc, cfa, frame, 0};
  return HH_STEP_ON;
}

enum hh_step hh_step_rare(hh_readable *readable, hh_rule rule, hh_state *state) {
  switch (HH_RULE_KIND(rule)) {
  case HH_RULE_END:
    return HH_STEP_END;
  case HH_RULE_SPECIAL:
    return step_special(readable, &hh_specials[HH_RULE_NUMBER(rule)], state);
  case HH_RULE_FULL:
    return HH_STEP_FULL;
  default:
    return step_guess(readable, state);
  }
}

enum hh_step hh_step(hh_readable *readable, hh_rule rule, hh_state *state) {
  return HH_RULE_KIND(rule) <= HH_RULE_FRAME ? step_common(readable, rule, state) : hh_step_rare(readable, rule, state);
}
