#include "exidx_code.h"

enum { WORD = 4, DOUBLE = 8, SP = 13, LR = 14, PC = 15, STEPS_MAX = 1024, FINISH = 0xb0 };

typedef struct machine {
  int (*take)(void *);
  void *from;
  hh_cfi_row *row;
  int64_t at;      /* virtual stack pointer - base */
  uint32_t popped; /* registers whose value is not the present frame's any more */
  uint32_t base;   /* register that it is counted from */
} machine;

static int operand(machine *m) {
  return m->take(m->from);
}

/* Lowest register at the lowest address. */
static int pop(machine *m, uint32_t registers) {
  for (unsigned i = 0; i < 16; i++) {
    if (!(registers >> i & 1))
      continue;
    m->row->reg[i] = (hh_cfi_register){.how = HH_CFI_AT, .value = m->at};
    m->at += WORD;
  }
  m->popped |= registers;
  return registers >> SP & 1 ? -2 : 0; /* the stack pointer itself: nobody does */
}

static int pop_masked(machine *m, unsigned first, uint32_t mask) {
  return mask ? pop(m, mask << first) : -2;
}

/* What was popped before lies at places relative to the register before: nobody pops first and moves then. */
static int move_to(machine *m, unsigned number) {
  if (number == SP || number == PC || (m->popped >> number & 1) || m->popped)
    return -2;
  m->base = number;
  m->at = 0;
  return 0;
}

static int add_large(machine *m) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    const int byte = operand(m);
    if (byte < 0)
      return -2;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte & 0x80)
      continue;
    m->at += 0x204 + (int64_t)(value << 2);
    return 0;
  }
  return -2;
}

/* Floating point registers only move the stack pointer. */
static int skip_doubles(machine *m, int range, unsigned extra) {
  if (range < 0)
    return -2;
  m->at += DOUBLE * ((range & 15) + 1) + (int64_t)extra;
  return 0;
}

/* 0xb1 to 0xb7 and 0xc6 to 0xc9: those with an operand, or alone in their kind. */
static int run_single(machine *m, int byte) {
  int next;
  switch (byte) {
  case 0xb1:
    next = operand(m);
    return next > 0 && next < 16 ? pop_masked(m, 0, (uint32_t)next) : -2;
  case 0xb2:
    return add_large(m);
  case 0xb3:
    return skip_doubles(m, operand(m), WORD);
  case 0xb4: /* the authentication code of a return address */
    m->at += WORD;
    return 0;
  case 0xc6:
  case 0xc8:
  case 0xc9:
    return skip_doubles(m, operand(m), 0);
  default:
    return -2;
  }
}

static int run_one(machine *m, int byte) {
  if (byte < 0x80) {
    const int64_t by = ((byte & 0x3f) << 2) + WORD;
    m->at += byte & 0x40 ? -by : by;
    return 0;
  }
  if (byte < 0x90) {
    const int low = operand(m);
    return low < 0 ? -2 : pop_masked(m, 4, (uint32_t)((byte & 15) << 8 | low)); /* none of them: refuses */
  }
  if (byte < 0xa0)
    return move_to(m, (unsigned)byte & 15);
  if (byte < 0xb0)
    return pop(m, ((2u << (byte & 7)) - 1) << 4 | (byte & 8 ? 1u << LR : 0));
  if (byte >= 0xb8 && byte < 0xc0)
    return skip_doubles(m, byte & 7, WORD);
  if ((byte >= 0xc0 && byte < 0xc6) || (byte >= 0xd0 && byte < 0xd8))
    return skip_doubles(m, byte & 7, 0);
  return run_single(m, byte);
}

/* Places were counted from the base; in a row they count from where the virtual stack pointer ends. */
static void finish(machine *m) {
  hh_cfi_row *row = m->row;
  for (unsigned i = 0; i < HH_REGISTERS; i++) {
    if (row->reg[i].how == HH_CFI_AT)
      row->reg[i].value -= m->at;
  }
  if (row->reg[PC].how == HH_CFI_AT)
    row->reg[LR] = row->reg[PC];
  row->reg[PC] = (hh_cfi_register){.how = HH_CFI_SAME};
  row->cfa_register = m->base;
  row->cfa_offset = m->at;
  row->return_register = LR;
}

int hh_arm_row(int (*take)(void *from), void *from, hh_cfi_row *row) {
  memset(row, 0, sizeof *row);
  machine m = {.take = take, .from = from, .row = row, .base = SP};
  for (int steps = 0; steps < STEPS_MAX; steps++) {
    const int byte = operand(&m);
    if (byte < 0 || byte == FINISH) {
      finish(&m);
      return 0;
    }
    if (run_one(&m, byte))
      return -2;
  }
  return -2;
}
