/* The instructions of ARM's exception tables, run once: they say how the virtual stack pointer moves and which
 * registers are popped on the way. */
#ifndef HH_UNWIND_EXIDX_CODE_H
#define HH_UNWIND_EXIDX_CODE_H
#include "cfi.h"

/* take: the next byte, or -1 when there is none. 0 and *row, or -2: nothing that a row can say. */
int hh_arm_row(int (*take)(void *from), void *from, hh_cfi_row *row);
#endif
