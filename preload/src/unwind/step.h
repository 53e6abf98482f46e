/* One step outwards from a frame. The common rules are inlined in the walks (step_amd64.h); this is for the others. */
#ifndef HH_UNWIND_STEP_H
#define HH_UNWIND_STEP_H
#include "frame.h"
#include "readable.h"
#include "rule.h"

/* No code lies in the lowest page: a smaller pc is the end of the chain (0) or noise. */
enum { HH_LOWEST_PC = 4096 };

typedef struct hh_state {
  uint64_t pc, sp, frame;
  uint32_t flags; /* how it was reached: HH_FRAME_INTERRUPTED, _BY_SPECIAL, _GUESSED */
} hh_state;

static inline hh_state hh_state_of_caller(void *const *frame) {
  return (hh_state){hh_caller_pc(frame), hh_caller_stack(frame), hh_caller_frame_register(frame), 0};
}

enum hh_step {
  HH_STEP_ON,
  HH_STEP_END,        /* the outermost frame */
  HH_STEP_LOST,       /* a guess led nowhere; says so by the state alone, so the walk may be remembered */
  HH_STEP_UNREADABLE, /* the stack's memory cannot be read: nothing to remember */
  HH_STEP_FULL,       /* only the full walker can go on */
};

/* rule is none of STACK and FRAME. */
enum hh_step hh_step_rare(hh_readable *readable, hh_rule rule, hh_state *state);

/* Any rule. */
enum hh_step hh_step(hh_readable *readable, hh_rule rule, hh_state *state);

/* Where a special rule finds things, given the state it starts from and the CFA it gave. */
static inline uint64_t hh_special_base(uint8_t base, uint64_t cfa, uint64_t sp, uint64_t frame) {
  return base == HH_BASE_CFA ? cfa : base == HH_BASE_STACK ? sp : frame;
}
#endif
