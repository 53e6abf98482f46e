/* Runs the call frame instructions of .eh_frame up to an address: how to find each register of the caller there. */
#ifndef HH_UNWIND_CFI_H
#define HH_UNWIND_CFI_H
#include "arch.h"
#include "eh_frame.h"

enum hh_cfi_how {
  HH_CFI_SAME,          /* as it is now; also for registers nobody mentioned */
  HH_CFI_UNDEFINED,     /* for the return address: the outermost frame */
  HH_CFI_AT,            /* saved at CFA + value */
  HH_CFI_IS,            /* is CFA + value */
  HH_CFI_REGISTER,      /* in register number `value` */
  HH_CFI_AT_EXPRESSION, /* saved where the expression points */
  HH_CFI_IS_EXPRESSION,
};

typedef struct hh_cfi_register {
  uint64_t how;
  union {
    int64_t value;
    const uint8_t *expression; /* its length (uleb), then its code; checked to lie inside the program */
  };
} hh_cfi_register;

typedef struct hh_cfi_row {
  uint8_t cfa_is_expression;
  uint8_t signal_frame;
  uint16_t return_register;
  uint32_t cfa_register;
  union {
    int64_t cfa_offset;
    const uint8_t *cfa_expression;
  };
  hh_cfi_register reg[HH_REGISTERS]; /* not that of HH_REG_PC where it is no column: look at return_register */
} hh_cfi_row;

/* 0, -1: no entry covers address, -2: there is one but it is damaged or uses what we do not know. The caller holds
 * the rules' lock: working memory is static, as stacks may be 16 KiB. */
int hh_cfi_row_at(hh_image *image, uint64_t address, hh_cfi_row *row);

/* Code of an expression block that the interpreter checked. */
static inline hh_reader hh_cfi_block(const uint8_t *expression) {
  hh_reader r = {expression, expression + 10, 0};
  uint64_t length = hh_read_uleb(&r);
  r.end = r.at + length;
  return r;
}
#endif
