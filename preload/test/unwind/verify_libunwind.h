/* libunwind as the second opinion. Loaded with dlopen and local scope: linked, its _Unwind_* functions would replace
 * those that the tested program throws exceptions with. */
#ifndef HH_VERIFY_LIBUNWIND_H
#define HH_VERIFY_LIBUNWIND_H
#include <stdint.h>

int hh_libunwind_load(int use_cache); /* 0, or -1 when there is none */
/* Call addresses from the caller of `frame` on, innermost first. Number of frames, -1 when it did not find the caller.
 * *complete: it reached an end, not an error. */
int hh_libunwind_walk(void *const *frame, uint64_t *out, int max, int *complete);
#endif
