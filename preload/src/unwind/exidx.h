/* .ARM.exidx: 32-bit ARM's tables for exceptions, often the only unwind data there. They describe a function as it is
 * between prologue and epilogue, so they are right at calls; where a signal interrupted they may not be. */
#ifndef HH_UNWIND_EXIDX_H
#define HH_UNWIND_EXIDX_H
#include "cfi.h"

/* As hh_cfi_row_at, from the other table. Also -1: the table says that there is no unwinding from there. */
int hh_exidx_row_at(const hh_image *image, uint64_t address, hh_cfi_row *row);
#endif
