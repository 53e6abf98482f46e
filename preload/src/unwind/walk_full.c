#include "walk_full.h"
#include "cfi.h"
#include "expression.h"
#include "loader.h"
#include "memo.h"
#include "module_table.h"
#include "registers.h"
#include "signal.h"
#include "step.h"
#include <string.h>

enum { OWN_FRAMES_MAX = 32 };

static int read_word(void *context, uint64_t address, uint64_t *value) {
  if (!hh_readable_check(context, address))
    return -1;
  *value = *(const hh_word *)(uintptr_t)address;
  return 0;
}

enum { SIGNAL_FRAME = 1 }; /* beside the answers of hh_cfi_row_at */

static int row_at(uint64_t address, enum hh_asking asking, hh_cfi_row *row) {
  for (int attempt = 0;; attempt++) {
    hh_lock_take(&hh_rules_lock);
    hh_image *image = hh_modules_image_at(address);
    int status = -1;
    if (HH_LINK_REGISTER && hh_signal_is_trampoline(image, address + 1))
      status = SIGNAL_FRAME;
    else if (image)
      status = hh_cfi_row_at(image, address, row);
    hh_lock_release(&hh_rules_lock);
    if (image || attempt || status == SIGNAL_FRAME || asking == HH_ASK_NEVER)
      return status;
    hh_loader_refresh(address, asking == HH_ASK_IN_LOADER);
  }
}

static int caller_cfa(hh_readable *readable, const hh_cfi_row *row, const uint64_t *reg, uint64_t *cfa) {
  if (row->cfa_is_expression)
    return hh_expression_evaluate(row->cfa_expression, reg, NULL, read_word, readable, cfa);
  if (row->cfa_register >= HH_REGISTERS)
    return -1;
  *cfa = reg[row->cfa_register] + (uint64_t)row->cfa_offset;
  return 0;
}

static int caller_register(hh_readable *readable, const hh_cfi_register *rule, const uint64_t *reg, uint64_t cfa,
                           uint64_t *out) {
  uint64_t address;
  switch (rule->how) {
  case HH_CFI_AT:
    return read_word(readable, cfa + (uint64_t)rule->value, out);
  case HH_CFI_IS:
    *out = cfa + (uint64_t)rule->value;
    return 0;
  case HH_CFI_REGISTER:
    if ((uint64_t)rule->value >= HH_REGISTERS)
      return -1;
    *out = reg[rule->value];
    return 0;
  case HH_CFI_AT_EXPRESSION:
    if (hh_expression_evaluate(rule->expression, reg, &cfa, read_word, readable, &address))
      return -1;
    return read_word(readable, address, out);
  case HH_CFI_IS_EXPRESSION:
    return hh_expression_evaluate(rule->expression, reg, &cfa, read_word, readable, out);
  default:
    return 0;
  }
}

/* Where the walk is. */
typedef struct position {
  uint64_t reg[HH_REGISTERS];
  uint32_t exact; /* reg[HH_REG_PC] is where the frame is, not what it will be returned to */
  int guessed;
  enum hh_full_end end; /* if there is no way on */
} position;

static int step_by_row(hh_readable *readable, const hh_cfi_row *row, position *at) {
  uint64_t cfa, outer[HH_REGISTERS];
  at->end = HH_FULL_LOST;
  if (row->reg[row->return_register].how == HH_CFI_UNDEFINED) {
    at->end = HH_FULL_END;
    return -1;
  }
  if (caller_cfa(readable, row, at->reg, &cfa))
    return -1;
  memcpy(outer, at->reg, sizeof outer);
  outer[HH_REG_STACK] = cfa - HH_CFA_BIAS;
  for (int i = 0; i < HH_REGISTERS; i++) {
    if (caller_register(readable, &row->reg[i], at->reg, cfa, &outer[i]))
      return -1;
  }
  outer[HH_REG_PC] = hh_pc(outer[row->return_register]);
  /* A function that never returns need not keep its return address. */
  if (outer[HH_REG_PC] == at->reg[HH_REG_PC] && outer[HH_REG_STACK] == at->reg[HH_REG_STACK])
    return -1;
  memcpy(at->reg, outer, sizeof outer);
  at->exact = row->signal_frame;
  return 0;
}

/* Code without unwind data: what rule there is knows sp and the frame register; the other registers stay as they are.
 */
static int step_by_rule(hh_readable *readable, uint64_t address, enum hh_asking asking, position *at) {
  uint64_t *reg = at->reg;
  hh_state state = {reg[HH_REG_PC], reg[HH_REG_STACK], reg[HH_REG_FRAME], 0};
  enum hh_step step = hh_step(readable, hh_rule_find(address, asking), &state);
  at->end = step == HH_STEP_END ? HH_FULL_END : HH_FULL_LOST;
  if (step != HH_STEP_ON)
    return -1;
  reg[HH_REG_PC] = hh_pc(state.pc);
  reg[HH_REG_STACK] = state.sp;
  reg[HH_REG_FRAME] = state.frame;
  at->guessed |= (state.flags & HH_FRAME_GUESSED) != 0;
  at->exact = (state.flags & HH_FRAME_INTERRUPTED) != 0;
  return 0;
}

static int step(hh_readable *readable, uint64_t address, enum hh_asking asking, position *at) {
  hh_cfi_row row;
  const int status = row_at(address, asking, &row);
  if (status == -1)
    return step_by_rule(readable, address, asking, at);
  if (status == 0)
    return step_by_row(readable, &row, at);
  at->end = HH_FULL_LOST;
  at->exact = 1;
  return HH_LINK_REGISTER && status == SIGNAL_FRAME ? hh_signal_restore(readable, at->reg) : -1;
}

__attribute__((noinline)) enum hh_full_end hh_walk_full(hh_readable *readable, void *const *frame,
                                                        enum hh_asking asking, hh_frame_sink sink, void *context,
                                                        int *guessed) {
  position at = {.exact = 1};
  hh_registers_now(at.reg);
  int outside = 0;
  for (int own = 0; own < OWN_FRAMES_MAX; own += !outside) {
    const uint64_t address = at.reg[HH_REG_PC] - 1 + at.exact;
    outside = outside || at.reg[HH_REG_STACK] == hh_caller_stack(frame);
    if (outside && sink(context, address))
      return HH_FULL_STOPPED;
    if (step(readable, address, asking, &at))
      return at.end;
    *guessed |= at.guessed;
    if (at.reg[HH_REG_PC] < HH_LOWEST_PC)
      return at.reg[HH_REG_PC] ? HH_FULL_LOST : HH_FULL_END;
  }
  return HH_FULL_LOST;
}
