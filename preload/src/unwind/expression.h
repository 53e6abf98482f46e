/* DWARF expressions, two ways: folded to [deref](register + constant) when a rule is compiled, or evaluated with all
 * registers by the full walker. */
#ifndef HH_UNWIND_EXPRESSION_H
#define HH_UNWIND_EXPRESSION_H
#include "cfi.h"

enum { HH_TERM_CONSTANT = -1, HH_TERM_CFA = -2 };

typedef struct hh_term {
  int32_t base;  /* a register number, or one of HH_TERM_* */
  uint8_t deref; /* the word at base + offset, not the sum itself */
  int64_t offset;
} hh_term;

/* pc stands for the instruction pointer; start_with_cfa: the CFA is on the stack first. 0, or -1 when it does not fold.
 */
int hh_expression_fold(const uint8_t *expression, uint64_t pc, int start_with_cfa, hh_term *out);

/* read_word fetches 8 bytes of memory or fails with non-zero. 0 or -1. */
typedef int (*hh_read_word)(void *context, uint64_t address, uint64_t *value);
int hh_expression_evaluate(const uint8_t *expression, const uint64_t *registers, const uint64_t *cfa,
                           hh_read_word read_word, void *context, uint64_t *out);
#endif
