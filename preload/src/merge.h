/* One pass over all rings, in order of time. The sender thread alone uses it. */
#ifndef HH_MERGE_H
#define HH_MERGE_H
#include "common.h"

int hh_merge_init(void);   /* 0 or -errno */
void hh_merge_clear(void); /* in a forked child: whatever pass the parent was in */
/* Feeds every event that was written before the pass began, oldest first, to hh_match_batch. Newer ones wait for the
 * next pass, when the other threads' have arrived too; with `all` nothing waits. Returns bytes read. */
uint64_t hh_merge_pass(bool all);
/* The most chunks that all rings together held at the start of a pass since the last call. */
uint32_t hh_merge_peak_chunks(void);
/* Looks for threads that ended without telling, or rest. Seldom. */
void hh_merge_reap(void);
#endif
