/* Finds the allocation that a deallocation ends, and hands both to the encoder. Owns the map of live blocks; runs in
 * the sender thread only.
 *
 * Matching is by address and by time, since threads' events may arrive a little out of order. An allocation at an
 * address that is still live here parks the older of the two: its deallocation is on its way, or was lost. A
 * deallocation takes the newest allocation of its address that is older than itself. Processors read their clocks ahead
 * of other instructions, so the times of two threads are in doubt by the length of their pipelines: a deallocation that
 * seems to come before its allocation waits for it. */
#ifndef HH_MATCH_H
#define HH_MATCH_H
#include "common.h"
#include "event.h"

enum { HH_MATCH_BATCH = 64 };

/* Allocations and deallocations so far, up to the last block. */
typedef struct hh_activity {
  double recorded, happened; /* by the hooks; about, where sampled */
} hh_activity;
hh_activity hh_match_activity(void);

int hh_match_init(void); /* 0 or -errno */
void hh_match_clear(void);
void hh_match_inherited(void); /* from now on: there are blocks of a parent process, whose deallocations are no loss */
/* When an event has been read, long before its batch is complete. */
void hh_match_prefetch(const hh_event *event);
/* Up to HH_MATCH_BATCH events in the order of the merge. */
void hh_match_batch(const hh_event *events, uint32_t count);
/* Sends everything that culling holds back. */
void hh_match_release_held(void);
/* Puts every live block's address into the set of those whose deallocation is recorded while sampling. */
void hh_match_watch_live(void);
/* After each pass over the rings: what stayed parked for two passes has lost its deallocation. */
void hh_match_pass_ended(void);
/* Closes the current block if it holds anything and is older than age_ns; 0 = in any case. */
void hh_match_close_block(uint64_t age_ns);
#endif
