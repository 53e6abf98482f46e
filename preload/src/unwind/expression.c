#include "expression.h"
#include "expression_ops.h"

enum { FOLD_STACK = 16, EVALUATE_STACK = 32 };

static int fold_binary(uint8_t op, const hh_term *a, const hh_term *b, hh_term *out) {
  if (a->deref || b->deref)
    return -1;
  if (op == OP_PLUS && (a->base == HH_TERM_CONSTANT || b->base == HH_TERM_CONSTANT)) {
    *out = (hh_term){a->base == HH_TERM_CONSTANT ? b->base : a->base, 0,
                     (int64_t)((uint64_t)a->offset + (uint64_t)b->offset)};
    return 0;
  }
  uint64_t value;
  if (a->base != HH_TERM_CONSTANT || b->base != HH_TERM_CONSTANT)
    return -1;
  if (!hh_op_binary(op, (uint64_t)a->offset, (uint64_t)b->offset, &value))
    return -1;
  *out = (hh_term){HH_TERM_CONSTANT, 0, (int64_t)value};
  return 0;
}

static hh_term fold_register(int32_t number, int64_t offset, uint64_t pc) {
  if (number == HH_REG_PC)
    return (hh_term){HH_TERM_CONSTANT, 0, (int64_t)(pc + (uint64_t)offset)};
  return (hh_term){number, 0, offset};
}

int hh_expression_fold(const uint8_t *expression, uint64_t pc, int start_with_cfa, hh_term *out) {
  hh_reader r = hh_cfi_block(expression);
  hh_term stack[FOLD_STACK];
  int depth = 0;
  if (start_with_cfa)
    stack[depth++] = (hh_term){HH_TERM_CFA, 0, 0};
  while (r.at < r.end && !r.bad) {
    uint8_t op = hh_read_u8(&r);
    uint64_t value;
    if (depth == FOLD_STACK)
      return -1;
    if (hh_op_constant(&r, op, &value)) {
      stack[depth++] = (hh_term){HH_TERM_CONSTANT, 0, (int64_t)value};
    } else if (op >= OP_BREG0 && op <= OP_BREG31) {
      stack[depth++] = fold_register(op - OP_BREG0, hh_read_sleb(&r), pc);
    } else if (op == OP_DEREF) {
      if (depth < 1 || stack[depth - 1].deref || stack[depth - 1].base == HH_TERM_CONSTANT)
        return -1;
      stack[depth - 1].deref = 1;
    } else if (op == OP_PLUS_UCONST) {
      value = hh_read_uleb(&r);
      if (depth < 1 || stack[depth - 1].deref)
        return -1;
      stack[depth - 1].offset = (int64_t)((uint64_t)stack[depth - 1].offset + value);
    } else {
      if (depth < 2 || fold_binary(op, &stack[depth - 2], &stack[depth - 1], &stack[depth - 2]))
        return -1;
      depth--;
    }
  }
  if (r.bad || depth < 1)
    return -1;
  *out = stack[depth - 1];
  return 0;
}

typedef struct operands {
  uint64_t value[EVALUATE_STACK];
  int depth;
} operands;

/* Operators that only move operands. 1 done, 0 not one of them, -1 not enough operands. */
static int shuffle(operands *s, uint8_t op, hh_reader *r) {
  static const uint8_t needed[] = {
      [OP_DUP] = 1, [OP_DROP] = 1, [OP_OVER] = 2, [OP_PICK] = 1, [OP_SWAP] = 2, [OP_ROT] = 3};
  if (op < OP_DUP || op > OP_ROT)
    return 0;
  if (s->depth < needed[op])
    return -1;
  uint64_t *top = &s->value[s->depth - 1], kept = *top;
  switch (op) {
  case OP_DUP:
    top[1] = kept;
    s->depth++;
    break;
  case OP_DROP:
    s->depth--;
    break;
  case OP_OVER:
    top[1] = top[-1];
    s->depth++;
    break;
  case OP_PICK: {
    uint8_t below = hh_read_u8(r);
    if (below >= s->depth)
      return -1;
    top[1] = top[-below];
    s->depth++;
    break;
  }
  case OP_SWAP:
    *top = top[-1];
    top[-1] = kept;
    break;
  default:
    *top = top[-1];
    top[-1] = top[-2];
    top[-2] = kept;
  }
  return 1;
}

static int unary(operands *s, uint8_t op) {
  if (op != OP_ABS && op != OP_NEG && op != OP_NOT)
    return 0;
  if (s->depth < 1)
    return -1;
  uint64_t *top = &s->value[s->depth - 1];
  if (op == OP_NOT)
    *top = ~*top;
  else if (op == OP_NEG || (int64_t)*top < 0)
    *top = 0 - *top;
  return 1;
}

static int push_register(operands *s, uint64_t number, int64_t offset, const uint64_t *registers) {
  if (number >= HH_REGISTERS)
    return -1;
  s->value[s->depth++] = registers[number] + (uint64_t)offset;
  return 0;
}

int hh_expression_evaluate(const uint8_t *expression, const uint64_t *registers, const uint64_t *cfa,
                           hh_read_word read_word, void *context, uint64_t *out) {
  hh_reader r = hh_cfi_block(expression);
  operands s = {.depth = 0};
  if (cfa)
    s.value[s.depth++] = *cfa;
  while (r.at < r.end && !r.bad) {
    uint8_t op = hh_read_u8(&r);
    uint64_t value;
    int moved;
    if (s.depth == EVALUATE_STACK)
      return -1;
    if (op == OP_NOP)
      continue;
    if (hh_op_constant(&r, op, &value)) {
      s.value[s.depth++] = value;
    } else if (op >= OP_BREG0 && op <= OP_BREG31) {
      if (push_register(&s, op - OP_BREG0, hh_read_sleb(&r), registers))
        return -1;
    } else if (op == OP_BREGX) {
      value = hh_read_uleb(&r);
      if (push_register(&s, value, hh_read_sleb(&r), registers))
        return -1;
    } else if (op == OP_DEREF) {
      if (s.depth < 1 || read_word(context, s.value[s.depth - 1], &s.value[s.depth - 1]))
        return -1;
    } else if (op == OP_PLUS_UCONST) {
      if (s.depth < 1)
        return -1;
      s.value[s.depth - 1] += hh_read_uleb(&r);
    } else if ((moved = shuffle(&s, op, &r)) || (moved = unary(&s, op))) {
      if (moved < 0)
        return -1;
    } else {
      if (s.depth < 2 || !hh_op_binary(op, s.value[s.depth - 2], s.value[s.depth - 1], &value))
        return -1;
      s.value[--s.depth - 1] = value;
    }
  }
  if (r.bad || s.depth < 1)
    return -1;
  *out = s.value[s.depth - 1];
  return 0;
}
