/* Reads machine code where no unwind data is: from an instruction forwards to the `ret` of its function, the way of the
 * stack pointer to the caller's is the sum of what is added, and the last load of x30 says where the return address is.
 * musl's libc is built without unwind data and without frame records. */
#ifndef HH_UNWIND_CODE_ARM64_H
#define HH_UNWIND_CODE_ARM64_H
#include "image.h"
#include "rule.h"

/* The rule at a call address. 0 and *rule, or -1: there is something in the way that cannot be followed. */
int hh_code_rule(const hh_image *image, uint64_t address, hh_rule *rule);
#endif
