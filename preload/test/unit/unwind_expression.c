/* Folding an expression and evaluating it must agree. */
#include "check.h"
#include "unwind/expression.h"
#include <stdint.h>
#include <string.h>

enum { ROUNDS = 200000, BYTES = 40 };

static uint64_t memory_word(uint64_t address) {
  return address * 0x9E3779B97F4A7C15u ^ 77;
}
static int read_word(void *context, uint64_t address, uint64_t *value) {
  ++*(int *)context;
  *value = memory_word(address);
  return 0;
}

static uint64_t value_of(const hh_term *term, const uint64_t *registers, uint64_t cfa) {
  uint64_t base = term->base == HH_TERM_CONSTANT ? 0 : term->base == HH_TERM_CFA ? cfa : registers[term->base];
  uint64_t sum = base + (uint64_t)term->offset;
  return term->deref ? memory_word(sum) : sum;
}

static uint32_t seed = 3;
static uint32_t next_random(uint32_t below) {
  seed = seed * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)seed * below) >> 32);
}

/* Mostly operators that rules are made of, so that many of the random programs mean something. */
static uint32_t random_expression(uint8_t *out) {
  static const uint8_t ops[] = {0x77, 0x76, 0x80, 0x22, 0x22, 0x23, 0x06, 0x1a, 0x1c, 0x24,
                                0x2a, 0x08, 0x09, 0x10, 0x11, 0x33, 0x3f, 0x12, 0x16};
  uint32_t length = 1 + next_random(12), at = 1;
  while (at < 1 + length)
    out[at++] = next_random(8) ? ops[next_random(sizeof ops)] : (uint8_t)next_random(128);
  out[0] = (uint8_t)length;
  return at;
}

int main(void) {
  /* The PLT's: rsp + 8 + ((rip & 15) >= 11 ? 8 : 0). */
  static const uint8_t plt[] = {11, 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22};
  hh_term term;
  CHECK("plt folds",
        !hh_expression_fold(plt, 0x1005, 0, &term) && term.base == HH_REG_STACK && term.offset == 8 && !term.deref);
  CHECK("plt behind the push", !hh_expression_fold(plt, 0x100b, 0, &term) && term.offset == 16);
  /* A realigned frame's: the word at rbp - 8. */
  static const uint8_t realigned[] = {3, 0x76, 0x78, 0x06};
  CHECK("realigned",
        !hh_expression_fold(realigned, 0, 0, &term) && term.base == HH_REG_FRAME && term.offset == -8 && term.deref);
  static const uint8_t two_registers[] = {5, 0x76, 0, 0x77, 0, 0x22};
  CHECK("a sum of registers does not fold", hh_expression_fold(two_registers, 0, 0, &term));
  static const uint8_t empty[] = {0};
  CHECK("an empty expression has no value", hh_expression_fold(empty, 0, 0, &term));

  uint8_t code[BYTES];
  uint64_t registers[HH_REGISTERS];
  int folded = 0, equal = 0, reads = 0;
  for (int i = 0; i < HH_REGISTERS; i++)
    registers[i] = 0x7fff00001000u + (uint64_t)i * 0x123450;
  for (int i = 0; i < ROUNDS; i++) {
    memset(code, 0, sizeof code);
    random_expression(code);
    uint64_t cfa = 0x7fff00100000u, value;
    int with_cfa = (int)next_random(2);
    if (hh_expression_fold(code, registers[HH_REG_PC], with_cfa, &term))
      continue;
    folded++;
    equal += !hh_expression_evaluate(code, registers, with_cfa ? &cfa : NULL, read_word, &reads, &value) &&
             value == value_of(&term, registers, cfa);
  }
  CHECK("some random expressions fold", folded > 1000);
  CHECK("and evaluate to the same", equal == folded);
  return hh_check_end();
}
