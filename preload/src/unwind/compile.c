#include "compile.h"
#include "cfi.h"
#include "expression.h"

hh_special hh_specials[HH_SPECIALS];
static uint32_t special_count; /* under the rules' lock */

static int fits(int64_t value) {
  return value > INT32_MIN && value <= INT32_MAX;
}

static int base_of(int32_t number, uint8_t *base) {
  if (number == HH_REG_STACK)
    *base = HH_BASE_STACK;
  else if (number == HH_REG_FRAME)
    *base = HH_BASE_FRAME;
  else if (number == HH_TERM_CFA)
    *base = HH_BASE_CFA;
  else
    return -1;
  return 0;
}

static int compile_cfa(const hh_cfi_row *row, uint64_t address, hh_special *out) {
  hh_term term = {(int32_t)row->cfa_register, 0, 0};
  if (!row->cfa_is_expression)
    term.offset = row->cfa_offset;
  else if (hh_expression_fold(row->cfa_expression, address, 0, &term))
    return -1;
  if (term.base == HH_TERM_CFA || base_of(term.base, &out->cfa_base) || !fits(term.offset))
    return -1;
  out->cfa_deref = term.deref;
  out->cfa_offset = (int32_t)term.offset - (term.deref ? 0 : HH_CFA_BIAS);
  return HH_CFA_BIAS && term.deref ? -1 : 0;
}

/* Where a register is saved. 0, 1: it is unchanged, -1: beyond what a rule can say. */
static int compile_saved(const hh_cfi_register *reg, uint64_t address, uint8_t *base, int32_t *offset) {
  hh_term term = {HH_TERM_CFA, 0, 0};
  switch (reg->how) {
  case HH_CFI_SAME:
  case HH_CFI_UNDEFINED:
    *base = HH_BASE_SAME;
    return 1;
  case HH_CFI_AT:
    term.offset = reg->value;
    break;
  case HH_CFI_AT_EXPRESSION:
    if (hh_expression_fold(reg->expression, address, 1, &term) || term.deref)
      return -1;
    break;
  default:
    return -1;
  }
  if (term.base == HH_TERM_CFA)
    term.offset += HH_CFA_BIAS;
  if (base_of(term.base, base) || !fits(term.offset))
    return -1;
  *offset = (int32_t)term.offset;
  return 0;
}

hh_rule hh_rule_special(const hh_special *special) {
  uint32_t i = 0;
  while (i < special_count && memcmp(&hh_specials[i], special, sizeof *special))
    i++;
  if (i == HH_SPECIALS)
    return HH_RULE_MAKE(HH_RULE_FULL, 0, 0);
  if (i == special_count) {
    hh_specials[i] = *special;
    special_count++;
  }
  return HH_RULE_MAKE(HH_RULE_SPECIAL, i, 0);
}

/* The slot at this distance from the caller's stack pointer, 0 if there is no such. Inside the frame or right beyond:
 * then it is readable where both stack pointers are. */
static uint32_t slot_at(const hh_special *s, uint8_t base, int32_t offset, unsigned bits) {
  const int32_t down = HH_SLOT_BASE - offset;
  if (base != HH_BASE_CFA || down % HH_WORD || down < HH_WORD || -offset > s->cfa_offset)
    return 0;
  return down < HH_WORD << bits ? (uint32_t)(down / HH_WORD) : 0;
}

/* 0 and *rule, or -1: it does not fit into one. */
static int pack_common(const hh_special *s, hh_rule *rule) {
  const uint32_t back = slot_at(s, s->return_base, s->return_offset, HH_LINK_REGISTER ? HH_RULE_RETURN_BITS : 1);
  const uint32_t slot =
      s->frame_base == HH_BASE_SAME ? 0 : slot_at(s, s->frame_base, s->frame_offset, HH_RULE_SLOT_BITS);
  if (s->cfa_deref || s->signal || !back || (!slot && s->frame_base != HH_BASE_SAME) || slot == back)
    return -1;
  if (s->cfa_offset % HH_FRAME_UNIT || s->cfa_offset < 8 || s->cfa_offset >= HH_FRAME_UNIT << HH_RULE_OFFSET_BITS)
    return -1;
  uint32_t kind = s->cfa_base == HH_BASE_FRAME ? HH_RULE_FRAME : HH_RULE_STACK;
  *rule = HH_RULE_MAKE(kind, s->cfa_offset / HH_FRAME_UNIT, slot) | HH_RULE_MAKE_RETURN(back);
  return 0;
}

static hh_rule pack(const hh_special *s) {
  hh_rule rule;
  /* In a register, or after a signal: only the full walker knows those. */
  if (HH_LINK_REGISTER && (s->return_base == HH_BASE_SAME || s->signal))
    return HH_RULE_MAKE(HH_RULE_FULL, 0, 0);
  return pack_common(s, &rule) ? hh_rule_special(s) : rule;
}

/* A made-up outermost frame "returns" to the first instruction of its start routine (makecontext): the call address,
 * one less, lies in no function. A real call that never returns has its own function there. */
static int starts_function(hh_image *image, uint64_t address) {
  hh_fde fde;
  return !hh_fde_find(image, address + 1, &fde) && fde.start == address + 1 && !fde.signal_frame;
}

static hh_rule compile_unknown(hh_image *image, uint64_t address) {
  hh_rule rule;
  if (image && starts_function(image, address))
    return HH_RULE_MAKE(HH_RULE_END, 0, 0);
  return hh_rule_without_data(image, address, &rule) ? HH_RULE_MAKE(HH_RULE_GUESS, 0, 0) : rule;
}

hh_rule hh_rule_compile(hh_image *image, uint64_t address) {
  static hh_cfi_row row; /* under the rules' lock */
  hh_special special;
  memset(&special, 0, sizeof special); /* padding too: specials are compared as bytes */
  hh_rule by_code;
  if (!hh_rule_by_code(image, address, &by_code))
    return by_code;
  int status = image ? hh_cfi_row_at(image, address, &row) : -1;
  if (status == -1)
    return compile_unknown(image, address);
  const hh_rule full = HH_RULE_MAKE(HH_RULE_FULL, 0, 0);
  if (status)
    return full;
  if (row.reg[row.return_register].how == HH_CFI_UNDEFINED)
    return HH_RULE_MAKE(HH_RULE_END, 0, 0);
  special.signal = row.signal_frame;
  if (compile_cfa(&row, address, &special))
    return full;
  if (compile_saved(&row.reg[row.return_register], address, &special.return_base, &special.return_offset))
    return full;
  if (compile_saved(&row.reg[HH_REG_FRAME], address, &special.frame_base, &special.frame_offset) < 0)
    return full;
  return pack(&special);
}
