#include "cfi.h"
#include "exidx.h"
#include <stddef.h>

enum { REMEMBERED = 16 };

enum { /* DW_CFA_* */
       NOP = 0x00,
       SET_LOC = 0x01,
       ADVANCE_LOC1 = 0x02,
       ADVANCE_LOC2 = 0x03,
       ADVANCE_LOC4 = 0x04,
       OFFSET_EXTENDED = 0x05,
       RESTORE_EXTENDED = 0x06,
       UNDEFINED = 0x07,
       SAME_VALUE = 0x08,
       REGISTER = 0x09,
       REMEMBER_STATE = 0x0a,
       RESTORE_STATE = 0x0b,
       DEF_CFA = 0x0c,
       DEF_CFA_REGISTER = 0x0d,
       DEF_CFA_OFFSET = 0x0e,
       DEF_CFA_EXPRESSION = 0x0f,
       EXPRESSION = 0x10,
       OFFSET_EXTENDED_SF = 0x11,
       DEF_CFA_SF = 0x12,
       DEF_CFA_OFFSET_SF = 0x13,
       VAL_OFFSET = 0x14,
       VAL_OFFSET_SF = 0x15,
       VAL_EXPRESSION = 0x16,
       NEGATE_RETURN_SIGNATURE = 0x2d, /* arm64; on SPARC it means something else */
       GNU_ARGS_SIZE = 0x2e,
       GNU_NEGATIVE_OFFSET_EXTENDED = 0x2f,
       ADVANCE_LOC = 0x40,
       OFFSET = 0x80,
       RESTORE = 0xc0, /* with an operand in the low six bits */
};

typedef struct machine {
  const hh_fde *fde;
  hh_cfi_row *row;
  const hh_cfi_row *initial; /* what RESTORE goes back to; NULL while the CIE runs */
  uint64_t location, address;
  unsigned depth;
} machine;

static hh_cfi_row remembered[REMEMBERED]; /* under the rules' lock */
static hh_cfi_row initial_row;

static void set(machine *m, uint64_t number, uint64_t how, int64_t value) {
  if (number < HH_REGISTERS)
    m->row->reg[number] = (hh_cfi_register){.how = how, .value = value};
}

/* Damaged programs may overflow: wrap. */
static int64_t scaled(uint64_t factor, int64_t align) {
  return (int64_t)(factor * (uint64_t)align);
}

static void restore(machine *m, uint64_t number) {
  if (number >= HH_REGISTERS)
    return;
  m->row->reg[number] = m->initial ? m->initial->reg[number] : (hh_cfi_register){.how = HH_CFI_SAME};
}

/* Steps over an expression block and returns where its length starts. */
static const uint8_t *block(hh_reader *r) {
  const uint8_t *start = r->at;
  hh_read_skip(r, hh_read_uleb(r));
  return start;
}

static void set_expression(machine *m, hh_reader *r, uint64_t how) {
  uint64_t number = hh_read_uleb(r);
  const uint8_t *expression = block(r);
  if (!r->bad && number < HH_REGISTERS)
    m->row->reg[number] = (hh_cfi_register){.how = how, .expression = expression};
}

static void set_cfa(machine *m, uint64_t number, int64_t offset) {
  m->row->cfa_is_expression = 0;
  m->row->cfa_register = number < HH_REGISTERS ? (uint32_t)number : HH_REGISTERS;
  m->row->cfa_offset = offset;
}

static int remember(machine *m) {
  if (m->depth == REMEMBERED)
    return -1;
  remembered[m->depth++] = *m->row;
  return 0;
}

static int recall(machine *m) {
  if (!m->depth)
    return -1;
  *m->row = remembered[--m->depth];
  return 0;
}

/* True when the instructions from here on are for addresses behind the one we want. */
static int advance(machine *m, uint64_t units) {
  m->location += units * m->fde->code_align;
  return m->location > m->address;
}

/* One instruction without operand in its first byte. 0 go on, 1 done, -1 damaged or unknown. */
static int run_extended(machine *m, hh_reader *r, uint8_t op) {
  const int64_t align = m->fde->data_align;
  uint64_t number;
  switch (op) {
  case NOP:
    return 0;
  case SET_LOC:
    m->location = hh_read_encoded(r, m->fde->pointer_encoding, 0);
    return m->location > m->address;
  case ADVANCE_LOC1:
    return advance(m, hh_read_u8(r));
  case ADVANCE_LOC2:
    return advance(m, hh_read_u16(r));
  case ADVANCE_LOC4:
    return advance(m, hh_read_u32(r));
  case OFFSET_EXTENDED:
    number = hh_read_uleb(r);
    set(m, number, HH_CFI_AT, scaled(hh_read_uleb(r), align));
    return 0;
  case OFFSET_EXTENDED_SF:
    number = hh_read_uleb(r);
    set(m, number, HH_CFI_AT, scaled((uint64_t)hh_read_sleb(r), align));
    return 0;
  case GNU_NEGATIVE_OFFSET_EXTENDED:
    number = hh_read_uleb(r);
    set(m, number, HH_CFI_AT, scaled(0 - hh_read_uleb(r), align));
    return 0;
  case VAL_OFFSET:
    number = hh_read_uleb(r);
    set(m, number, HH_CFI_IS, scaled(hh_read_uleb(r), align));
    return 0;
  case VAL_OFFSET_SF:
    number = hh_read_uleb(r);
    set(m, number, HH_CFI_IS, scaled((uint64_t)hh_read_sleb(r), align));
    return 0;
  case RESTORE_EXTENDED:
    restore(m, hh_read_uleb(r));
    return 0;
  case UNDEFINED:
    set(m, hh_read_uleb(r), HH_CFI_UNDEFINED, 0);
    return 0;
  case SAME_VALUE:
    set(m, hh_read_uleb(r), HH_CFI_SAME, 0);
    return 0;
  case REGISTER:
    number = hh_read_uleb(r);
    set(m, number, HH_CFI_REGISTER, (int64_t)hh_read_uleb(r));
    return 0;
  case EXPRESSION:
    set_expression(m, r, HH_CFI_AT_EXPRESSION);
    return 0;
  case VAL_EXPRESSION:
    set_expression(m, r, HH_CFI_IS_EXPRESSION);
    return 0;
  case REMEMBER_STATE:
    return remember(m);
  case RESTORE_STATE:
    return recall(m);
  case DEF_CFA:
    number = hh_read_uleb(r);
    set_cfa(m, number, (int64_t)hh_read_uleb(r));
    return 0;
  case DEF_CFA_SF:
    number = hh_read_uleb(r);
    set_cfa(m, number, scaled((uint64_t)hh_read_sleb(r), align));
    return 0;
  case DEF_CFA_REGISTER:
    set_cfa(m, hh_read_uleb(r), m->row->cfa_offset);
    return 0;
  case DEF_CFA_OFFSET:
    m->row->cfa_offset = (int64_t)hh_read_uleb(r);
    return 0;
  case DEF_CFA_OFFSET_SF:
    m->row->cfa_offset = scaled((uint64_t)hh_read_sleb(r), align);
    return 0;
  case DEF_CFA_EXPRESSION:
    m->row->cfa_is_expression = 1;
    m->row->cfa_expression = block(r);
    return 0;
  case NEGATE_RETURN_SIGNATURE:
    return 0; /* signatures are stripped where there are any, whatever the tables say */
  case GNU_ARGS_SIZE:
    hh_read_uleb(r);
    return 0;
  default:
    return -1;
  }
}

static int run(machine *m, hh_reader r) {
  while (r.at < r.end && !r.bad) {
    uint8_t byte = hh_read_u8(&r), operand = byte & 0x3f;
    int done = 0;
    switch (byte & 0xc0) {
    case ADVANCE_LOC:
      done = advance(m, operand);
      break;
    case OFFSET:
      set(m, operand, HH_CFI_AT, scaled(hh_read_uleb(&r), m->fde->data_align));
      break;
    case RESTORE:
      restore(m, operand);
      break;
    default:
      done = run_extended(m, &r, byte);
    }
    if (done < 0)
      return -1;
    if (done > 0)
      break;
  }
  return r.bad ? -1 : 0;
}

/* DEF_CFA_OFFSET after DEF_CFA_EXPRESSION would turn a pointer into an offset and back: only damaged programs do that.
 */
static int expression_in(const uint8_t *expression, const hh_reader *program) {
  return expression >= program->at && expression < program->end;
}

static int cfa_is_sound(const hh_fde *fde, const hh_cfi_row *row) {
  if (!row->cfa_is_expression)
    return 1;
  const uint8_t *expression = row->cfa_expression;
  const hh_reader *programs[] = {&fde->initial, &fde->program};
  for (int i = 0; i < 2; i++) {
    if (!expression_in(expression, programs[i]))
      continue;
    hh_reader r = {expression, programs[i]->end, 0};
    block(&r);
    return !r.bad;
  }
  return 0;
}

int hh_cfi_row_at(hh_image *image, uint64_t address, hh_cfi_row *row) {
  hh_fde fde;
  if (hh_fde_find(image, address, &fde))
    return HH_HAS_EXIDX ? hh_exidx_row_at(image, address, row) : -1;
  memset(row, 0, sizeof *row);
  row->cfa_register = HH_REGISTERS;
  machine m = {.fde = &fde, .row = row, .initial = NULL, .location = fde.start, .address = ~(uint64_t)0, .depth = 0};
  if (run(&m, fde.initial))
    return -2;
  initial_row = *row;
  m.initial = &initial_row;
  m.location = fde.start;
  m.address = address;
  if (run(&m, fde.program) || !cfa_is_sound(&fde, row))
    return -2;
  if (fde.return_register >= HH_REGISTERS)
    return -2;
  row->return_register = (uint16_t)fde.return_register;
  row->signal_frame = fde.signal_frame;
  return 0;
}
