#include "cfi.h"
#include "expression.h"
#include "memo.h"
#include "module_table.h"
#include "step.h"
#include "walk_full.h"
#include <string.h>

enum { OWN_FRAMES_MAX = 32 };

/* rbx, rbp, rsp, r12 to r15 are what a caller expects back; everything else is dead across a call. */
static inline __attribute__((always_inline)) void snapshot(uint64_t *reg) {
  __asm__ volatile(
      "movq %%rbx, 24(%0)\n\tmovq %%rbp, 48(%0)\n\tmovq %%rsp, 56(%0)\n\tmovq %%r12, 96(%0)\n\t"
      "movq %%r13, 104(%0)\n\tmovq %%r14, 112(%0)\n\tmovq %%r15, 120(%0)\n\tleaq 0(%%rip), %%rax\n\tmovq %%rax, 128(%0)"
      :
      : "r"(reg)
      : "rax", "memory");
}

static int read_word(void *context, uint64_t address, uint64_t *value) {
  if (!hh_readable_check(context, address))
    return -1;
  *value = *(const uint64_t *)(uintptr_t)address;
  return 0;
}

static int row_at(uint64_t address, enum hh_asking asking, hh_cfi_row *row) {
  for (int attempt = 0;; attempt++) {
    hh_lock_take(&hh_rules_lock);
    hh_image *image = hh_modules_image_at(address);
    int status = image ? hh_cfi_row_at(image, address, row) : -1;
    hh_lock_release(&hh_rules_lock);
    if (image || attempt || asking == HH_ASK_NEVER)
      return status;
    hh_loader_refresh(asking == HH_ASK_IN_LOADER);
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

static int step(hh_readable *readable, const hh_cfi_row *row, uint64_t *reg) {
  uint64_t cfa, outer[HH_REGISTERS];
  if (caller_cfa(readable, row, reg, &cfa))
    return -1;
  memcpy(outer, reg, sizeof outer);
  outer[HH_REG_STACK] = cfa;
  for (int i = 0; i < HH_REGISTERS; i++) {
    if (caller_register(readable, &row->reg[i], reg, cfa, &outer[i]))
      return -1;
  }
  if (row->return_register != HH_REG_RETURN)
    outer[HH_REG_RETURN] = outer[row->return_register];
  memcpy(reg, outer, sizeof outer);
  return 0;
}

/* Code without unwind data: what rule there is knows sp and the frame register; the other registers stay as they are.
 */
static int step_by_rule(hh_readable *readable, uint64_t *reg, uint64_t address, enum hh_asking asking, uint32_t *flags,
                        enum hh_full_end *end) {
  hh_state state = {reg[HH_REG_RETURN], reg[HH_REG_STACK], reg[HH_REG_FRAME], 0};
  enum hh_step step = hh_step(readable, hh_rule_find(address, asking), &state);
  *end = step == HH_STEP_END ? HH_FULL_END : HH_FULL_LOST;
  if (step != HH_STEP_ON)
    return -1;
  reg[HH_REG_RETURN] = state.pc;
  reg[HH_REG_STACK] = state.sp;
  reg[HH_REG_FRAME] = state.frame;
  *flags = state.flags;
  return 0;
}

__attribute__((noinline)) enum hh_full_end hh_walk_full(hh_readable *readable, void *const *frame,
                                                        enum hh_asking asking, hh_frame_sink sink, void *context,
                                                        int *guessed) {
  uint64_t reg[HH_REGISTERS] = {0};
  hh_cfi_row row;
  snapshot(reg);
  uint32_t exact = 1; /* the first pc is where this function is, not a return address */
  int outside = 0;
  for (int own = 0; own < OWN_FRAMES_MAX; own += !outside) {
    const uint64_t address = reg[HH_REG_RETURN] - 1 + exact;
    outside = outside || reg[HH_REG_STACK] == (uint64_t)(uintptr_t)(frame + 2);
    if (outside && sink(context, address))
      return HH_FULL_STOPPED;
    int status = row_at(address, asking, &row);
    if (status == -1) {
      enum hh_full_end end;
      uint32_t flags;
      if (step_by_rule(readable, reg, address, asking, &flags, &end))
        return end;
      *guessed |= (flags & HH_FRAME_GUESSED) != 0;
      exact = (flags & HH_FRAME_INTERRUPTED) != 0;
    } else {
      if (status)
        return HH_FULL_LOST;
      if (row.reg[row.return_register].how == HH_CFI_UNDEFINED)
        return HH_FULL_END;
      if (step(readable, &row, reg))
        return HH_FULL_LOST;
      exact = row.signal_frame;
    }
    if (reg[HH_REG_RETURN] < HH_LOWEST_PC)
      return reg[HH_REG_RETURN] ? HH_FULL_LOST : HH_FULL_END;
  }
  return HH_FULL_LOST;
}
