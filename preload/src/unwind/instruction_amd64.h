/* Lengths of x86-64 instructions, as far as compilers use them for integer and SSE code. */
#ifndef HH_UNWIND_INSTRUCTION_AMD64_H
#define HH_UNWIND_INSTRUCTION_AMD64_H
#include "reader.h"

typedef struct hh_instruction {
  uint8_t rex;
  uint8_t map; /* 0: one-byte opcodes, 1: 0f xx, 2: 0f 38 xx, 3: 0f 3a xx */
  uint8_t opcode;
  uint8_t has_modrm, modrm, sib;
  int64_t displacement, immediate;
} hh_instruction;

/* 0, or -1 for what it does not know (VEX and x87 among them). Moves the reader behind the instruction. */
int hh_instruction_read(hh_reader *r, hh_instruction *out);

static inline unsigned hh_modrm_mod(const hh_instruction *i) {
  return i->modrm >> 6;
}
/* Register numbers with their REX bits. */
static inline unsigned hh_modrm_reg(const hh_instruction *i) {
  return (i->modrm >> 3 & 7u) | (i->rex & 4u) << 1;
}
static inline unsigned hh_modrm_rm(const hh_instruction *i) {
  return (i->modrm & 7u) | (i->rex & 1u) << 3;
}
#endif
