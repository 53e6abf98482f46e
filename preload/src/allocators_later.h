#ifndef HH_ALLOCATORS_LATER_H
#define HH_ALLOCATORS_LATER_H
#include "common.h"

/* While what is loaded at the beginning is looked at. */
void hh_allocators_was_there(uint64_t load_bias);
/* By the sender: adds the allocators in libraries that are new since. */
void hh_allocators_look_again(void);
#endif
