/* Counters of what was lost since the block before. The sender thread gathers them; hooks count in their own thread's
 * record. */
#ifndef HH_LOSSES_H
#define HH_LOSSES_H
#include "common.h"

typedef struct hh_losses {
  uint64_t count[HH_LOSS_KINDS], bytes[HH_LOSS_KINDS];
} hh_losses;

HH_INLINE void hh_losses_add(hh_losses *losses, enum hh_loss kind, uint64_t count, uint64_t bytes) {
  losses->count[kind] += count;
  losses->bytes[kind] += bytes;
}

/* Adds what each thread's record counted since the last call. */
void hh_losses_gather(hh_losses *losses);
/* An event of a thread for which there was no ring. Async-signal-safe. */
void hh_losses_count_homeless(void);
#endif
