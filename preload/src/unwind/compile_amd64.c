#include "cfi.h"
#include "code_amd64.h"
#include "compile.h"
#include "expression.h"
#include "loader_watch.h"

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
  out->cfa_offset = (int32_t)term.offset;
  return 0;
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
  if (base_of(term.base, base) || !fits(term.offset))
    return -1;
  *offset = (int32_t)term.offset;
  return 0;
}

static hh_rule intern_special(const hh_special *special) {
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

static int is_plain(const hh_special *s) {
  if (s->cfa_deref || s->signal || s->return_base != HH_BASE_CFA || s->return_offset != -8)
    return 0;
  if ((s->cfa_offset & 7) || s->cfa_offset < 8 || s->cfa_offset >= 8 << HH_RULE_OFFSET_BITS)
    return 0;
  if (s->frame_base == HH_BASE_SAME)
    return 1;
  /* Saved inside the frame: then it is readable where sp and CFA are. */
  return s->frame_base == HH_BASE_CFA && !(s->frame_offset & 7) && s->frame_offset <= -16 &&
         -s->frame_offset <= s->cfa_offset && -s->frame_offset < 8 << HH_RULE_SLOT_BITS;
}

static hh_rule pack(const hh_special *s) {
  if (!is_plain(s))
    return intern_special(s);
  uint32_t kind = s->cfa_base == HH_BASE_FRAME ? HH_RULE_FRAME : HH_RULE_STACK;
  uint32_t slot = s->frame_base == HH_BASE_SAME ? 0 : (uint32_t)(-s->frame_offset) >> 3;
  return HH_RULE_MAKE(kind, (uint32_t)s->cfa_offset >> 3, slot);
}

/* A made-up outermost frame "returns" to the first instruction of its start routine (makecontext): the call address,
 * one less, lies in no function. A real call that never returns has its own function there. */
static int starts_function(hh_image *image, uint64_t address) {
  hh_fde fde;
  return !hh_fde_find(image, address + 1, &fde) && fde.start == address + 1 && !fde.signal_frame;
}

/* musl's signal trampoline has no unwind data: known by its code, mov $15 (rt_sigreturn), %rax; syscall. The stack
 * pointer is at the ucontext then, whose registers are 40 bytes in. */
static int is_signal_trampoline(const hh_image *image, uint64_t address) {
  static const uint8_t code[] = {0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05};
  hh_reader r = hh_image_reader(image, address + 1);
  return !r.bad && hh_read_left(&r) >= sizeof code && !memcmp(r.at, code, sizeof code);
}

static hh_rule signal_trampoline(void) {
  enum { REGISTERS = 40, RBP = 10 * 8, RSP = 15 * 8, RIP = 16 * 8 };
  hh_special special;
  memset(&special, 0, sizeof special);
  special.cfa_base = special.return_base = special.frame_base = HH_BASE_STACK;
  special.cfa_deref = special.signal = 1;
  special.cfa_offset = REGISTERS + RSP;
  special.return_offset = REGISTERS + RIP;
  special.frame_offset = REGISTERS + RBP;
  return intern_special(&special);
}

static hh_rule compile_unknown(hh_image *image, uint64_t address) {
  if (image && is_signal_trampoline(image, address))
    return signal_trampoline();
  if (image && starts_function(image, address))
    return HH_RULE_MAKE(HH_RULE_END, 0, 0);
  hh_rule rule;
  if (image && hh_loader_is_libc && hh_loader_contains(address) && !hh_code_rule(image, address, &rule))
    return rule;
  return HH_RULE_MAKE(HH_RULE_GUESS, 0, 0);
}

hh_rule hh_rule_compile(hh_image *image, uint64_t address) {
  static hh_cfi_row row; /* under the rules' lock */
  hh_special special;
  memset(&special, 0, sizeof special); /* padding too: specials are compared as bytes */
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
