/* Rows of call frame information made into rules. */
#ifndef HH_UNWIND_COMPILE_H
#define HH_UNWIND_COMPILE_H
#include "image.h"
#include "rule.h"

/* The rule for a call address. image may be NULL: nobody knows what lies there. Under the rules' lock. */
hh_rule hh_rule_compile(hh_image *image, uint64_t address);

/* The rule that names this special one, which is kept; FULL when there are too many. Padding must be zero. */
hh_rule hh_rule_special(const hh_special *special);

/* compile_ARCH.c: code that is known by how it looks, whatever unwind data says of it (signal trampolines), and code
 * that has none. 0 and *rule, or -1. */
int hh_rule_by_code(const hh_image *image, uint64_t address, hh_rule *rule);
int hh_rule_without_data(const hh_image *image, uint64_t address, hh_rule *rule);
#endif
