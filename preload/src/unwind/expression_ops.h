/* DW_OP_* that both readings of expressions know. */
#ifndef HH_UNWIND_EXPRESSION_OPS_H
#define HH_UNWIND_EXPRESSION_OPS_H
#include "reader.h"

enum {
  OP_ADDR = 0x03,
  OP_DEREF = 0x06,
  OP_CONST1U = 0x08,
  OP_CONST1S,
  OP_CONST2U,
  OP_CONST2S,
  OP_CONST4U,
  OP_CONST4S,
  OP_CONST8U,
  OP_CONST8S,
  OP_CONSTU,
  OP_CONSTS,
  OP_DUP,
  OP_DROP,
  OP_OVER,
  OP_PICK,
  OP_SWAP,
  OP_ROT,
  OP_ABS = 0x19,
  OP_AND,
  OP_DIV,
  OP_MINUS,
  OP_MOD,
  OP_MUL,
  OP_NEG,
  OP_NOT,
  OP_OR,
  OP_PLUS,
  OP_PLUS_UCONST,
  OP_SHL,
  OP_SHR,
  OP_SHRA,
  OP_XOR,
  OP_EQ = 0x29,
  OP_GE,
  OP_GT,
  OP_LE,
  OP_LT,
  OP_NE,
  OP_LIT0 = 0x30,
  OP_LIT31 = 0x4f,
  OP_BREG0 = 0x70,
  OP_BREG31 = 0x8f,
  OP_BREGX = 0x92,
  OP_NOP = 0x96,
};

/* True when op pushes a constant, which is then in *value. */
static inline int hh_op_constant(hh_reader *r, uint8_t op, uint64_t *value) {
  switch (op) {
  case OP_ADDR:
    *value = hh_read_fixed(r, sizeof(void *));
    return 1;
  case OP_CONST8U:
  case OP_CONST8S:
    *value = hh_read_u64(r);
    return 1;
  case OP_CONST1U:
    *value = hh_read_u8(r);
    return 1;
  case OP_CONST1S:
    *value = (uint64_t)(int64_t)(int8_t)hh_read_u8(r);
    return 1;
  case OP_CONST2U:
    *value = hh_read_u16(r);
    return 1;
  case OP_CONST2S:
    *value = (uint64_t)(int64_t)(int16_t)hh_read_u16(r);
    return 1;
  case OP_CONST4U:
    *value = hh_read_u32(r);
    return 1;
  case OP_CONST4S:
    *value = (uint64_t)(int64_t)(int32_t)hh_read_u32(r);
    return 1;
  case OP_CONSTU:
    *value = hh_read_uleb(r);
    return 1;
  case OP_CONSTS:
    *value = (uint64_t)hh_read_sleb(r);
    return 1;
  default:
    break;
  }
  if (op < OP_LIT0 || op > OP_LIT31)
    return 0;
  *value = op - OP_LIT0;
  return 1;
}

/* Result of an operator with two operands; 0 when op is none, or divides by zero. */
static inline int hh_op_binary(uint8_t op, uint64_t a, uint64_t b, uint64_t *out) {
  int64_t sa = (int64_t)a, sb = (int64_t)b;
  switch (op) {
  case OP_AND:
    *out = a & b;
    return 1;
  case OP_OR:
    *out = a | b;
    return 1;
  case OP_XOR:
    *out = a ^ b;
    return 1;
  case OP_PLUS:
    *out = a + b;
    return 1;
  case OP_MINUS:
    *out = a - b;
    return 1;
  case OP_MUL:
    *out = a * b;
    return 1;
  case OP_DIV:
    if (!sb || (sb == -1 && sa == INT64_MIN))
      return 0;
    *out = (uint64_t)(sa / sb);
    return 1;
  case OP_MOD:
    if (!b)
      return 0;
    *out = a % b;
    return 1;
  case OP_SHL:
    *out = b < 64 ? a << b : 0;
    return 1;
  case OP_SHR:
    *out = b < 64 ? a >> b : 0;
    return 1;
  case OP_SHRA:
    *out = (uint64_t)(sa >> (b < 64 ? b : 63));
    return 1;
  case OP_EQ:
    *out = sa == sb;
    return 1;
  case OP_GE:
    *out = sa >= sb;
    return 1;
  case OP_GT:
    *out = sa > sb;
    return 1;
  case OP_LE:
    *out = sa <= sb;
    return 1;
  case OP_LT:
    *out = sa < sb;
    return 1;
  case OP_NE:
    *out = sa != sb;
    return 1;
  default:
    return 0;
  }
}
#endif
