/* Programs that restrict their own system calls. The hooks of prctl and syscall (sandbox.c) see the filter before the
 * kernel does: where it does not allow what profiling needs, the profile is delivered and ended first. */
#ifndef HH_SANDBOX_H
#define HH_SANDBOX_H
#include <stdbool.h>

/* Finds the function behind the hook of syscall. Once, at the beginning. */
void hh_sandbox_resolve(void);
/* Somebody put a filter on this process before it was started, and not on the whole container: what that filter does
 * with our system calls cannot be asked, only tried, and may be fatal. */
bool hh_sandbox_is_inherited(void);
#endif
