/* The numbers that modules get for good (modules.h), given out by objects.c under the rules' lock. */
#ifndef HH_UNWIND_MODULE_NUMBERS_H
#define HH_UNWIND_MODULE_NUMBERS_H
#include "modules.h"

enum { HH_MODULE_UNNUMBERED = 0 };

int hh_module_numbers_init(void); /* 0 or -errno */
int hh_module_same_place(const hh_module *a, const hh_module *b);
/* Numbers an object that is new; begins a new generation of stacks when another file was in its place before. Its
 * number, or HH_MODULE_UNNUMBERED when there are no more. */
uint32_t hh_module_number(const hh_module *module, const char *path);
void hh_module_unload(uint32_t number);
#endif
