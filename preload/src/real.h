/* The functions behind our hooks: the next ones in the loader's search order, so that a preloaded or linked allocator
 * (jemalloc, tcmalloc) stays the allocator. Every pointer can be called at any time: until they are resolved they lead
 * to functions that resolve first. */
#ifndef HH_REAL_H
#define HH_REAL_H
#include "common.h"

typedef struct hh_real_functions {
#define HOOK(result, name, parameters, arguments) result(*name) parameters;
#include "hooks.def"
#undef HOOK
} hh_real_functions;
extern hh_real_functions hh_real;

/* Finds all of them; again does nothing. False inside the look-up itself, while blocks come from the boot memory. */
bool hh_real_resolve(void);

/* Blocks handed out while the real functions are being looked up (dlsym may allocate); they are never freed. */
bool hh_real_is_boot(const void *block);
size_t hh_real_boot_size(const void *block);
#endif
