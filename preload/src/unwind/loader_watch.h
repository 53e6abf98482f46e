/* Hooks notice the loader at work by its own calls of malloc and free. */
#ifndef HH_UNWIND_LOADER_WATCH_H
#define HH_UNWIND_LOADER_WATCH_H
#include "hidden.h"
#include <stdint.h>

/* Code that may run while the loader's list is half changed. glibc: ld.so, whose calls of malloc and free announce
 * changes. musl: all of libc, the loader is part of it; nothing announces changes there, and nothing is ever unloaded.
 */
extern HH_HIDDEN uint64_t hh_loader_start, hh_loader_size;
extern HH_HIDDEN uint8_t hh_loader_is_libc;
extern HH_HIDDEN uint32_t hh_loader_changes; /* raised by hooks whose caller is the loader */
extern HH_HIDDEN uint32_t hh_loader_seen;    /* value of hh_loader_changes that the last refresh covered */

static inline int hh_loader_contains(uint64_t address) {
  return address - hh_loader_start < hh_loader_size;
}

static inline void hh_loader_note(uint64_t return_address) {
  if (__builtin_expect(hh_loader_contains(return_address), 0) && !hh_loader_is_libc)
    __atomic_fetch_add(&hh_loader_changes, 1, __ATOMIC_RELEASE); /* pairs with the acquire in hh_loader_refresh */
}
#endif
