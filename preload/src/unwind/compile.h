/* Rows of call frame information made into rules. */
#ifndef HH_UNWIND_COMPILE_H
#define HH_UNWIND_COMPILE_H
#include "image.h"
#include "rule.h"

/* The rule for a call address. image may be NULL: nobody knows what lies there. Under the rules' lock. */
hh_rule hh_rule_compile(hh_image *image, uint64_t address);
#endif
