/* Reads machine code where no unwind data is: from an instruction forwards to the return of its function, the way of
 * the stack pointer to the caller's is the sum of what is popped and added. musl's libc is built without unwind data.
 */
#ifndef HH_UNWIND_CODE_H
#define HH_UNWIND_CODE_H
#include "image.h"
#include "rule.h"

/* The rule at a call address in code that the compiler made without a frame pointer. 0 and *rule, or -1: there is
 * something in the way that cannot be followed. Only where HH_READS_CODE. */
int hh_code_rule(const hh_image *image, uint64_t address, hh_rule *rule);
#endif
