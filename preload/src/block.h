/* Closes the block that is being filled: a ClientMessage in the spool. The sender thread alone uses it. */
#ifndef HH_BLOCK_H
#define HH_BLOCK_H
#include "common.h"
#include "encoder.h"
#include "losses.h"

/* When a block's events are not all that happened: culled, held back, or sampled. Sampled ones are estimates. */
typedef struct hh_counted {
  bool partial, sampled;
  uint64_t start_ticks, end_ticks; /* the time that the totals are about */
  double allocations, deallocations;
  double live_extra;                         /* live blocks that samples stand for, beyond themselves */
  double live_bytes_variance, live_variance; /* of the live totals, where sampled */
} hh_counted;

/* Exact figures of the map of live blocks, within the block. */
typedef struct hh_totals {
  uint64_t live_bytes, live_allocations;
  uint64_t peak_live_bytes, peak_ticks;
  uint64_t allocated_bytes, freed_bytes;
  uint64_t profiler_bytes;
  hh_counted counted;
} hh_totals;

int hh_block_init(void);            /* 0 or -errno */
uint64_t hh_block_sent_bytes(void); /* of all blocks so far */
void hh_block_clear(void);
/* Puts the encoder's block into the spool, with new definitions, totals and losses, which it sets to zero. When the
 * spool is full the events are dropped and counted in `losses`; then false. */
bool hh_block_close(hh_encoder *encoder, hh_totals *totals, hh_losses *losses);
#endif
