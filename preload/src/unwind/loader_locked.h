/* The loaded objects by dl_iterate_phdr. glibc's takes the loader's lock, so none of ours may be held, and a program
 * that waits for another thread while it holds that lock could wait for ever: only where there is no other way. */
#ifndef HH_UNWIND_LOADER_LOCKED_H
#define HH_UNWIND_LOADER_LOCKED_H
#include "snapshot.h"

/* Reads the counters only. On musl this takes no lock. */
void hh_locked_counters(uint64_t *adds, uint64_t *subs);
/* 0 or -ENOMEM; give it back with hh_snapshot_free. */
int hh_locked_read(hh_snapshot *snapshot);
#endif
