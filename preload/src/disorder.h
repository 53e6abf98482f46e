/* What arrived out of order and waits for its counterpart: two short lists, oldest first. The sender thread alone uses
 * them; they are empty nearly always. */
#ifndef HH_DISORDER_H
#define HH_DISORDER_H
#include "common.h"
#include "event.h"
#include "live_map.h"

enum { HH_WAITING = 64, HH_PATIENT_PASSES = 2 };
/* Ring ticks, 2 us: more than any processor reads its clock ahead of other instructions. */
enum { HH_DOUBT = 300 };

/* A block whose address was handed out again before its deallocation was seen. */
typedef struct hh_parked_block {
  hh_live_block block;
  uint64_t reused_at; /* ring ticks */
  uint64_t pass;
  uint32_t thread; /* that got the address again */
} hh_parked_block;

/* A deallocation whose allocation has not been seen. */
typedef struct hh_early_free {
  hh_event event;
  uint64_t pass;
} hh_early_free;

typedef struct hh_disorder {
  uint64_t pass;
  uint32_t parked_count, early_count;
  hh_parked_block parked[HH_WAITING];
  hh_early_free early[HH_WAITING];
} hh_disorder;

/* The list must have room: take what hh_disorder_give_up_* offers first. */
void hh_disorder_park(hh_disorder *disorder, const hh_live_block *block, uint64_t reused_at, uint32_t thread);
void hh_disorder_wait(hh_disorder *disorder, const hh_event *deallocation);

/* The newest parked block of that address from before `time`. */
bool hh_disorder_take_parked(hh_disorder *disorder, uint64_t key, uint64_t time, hh_live_block *block);
/* The deallocation that waits for an allocation made by `thread` at `time`. Events of one thread are in order: only
 * another thread's can have been early. */
bool hh_disorder_take_early(hh_disorder *disorder, uint64_t key, uint64_t time, const hh_thread *thread,
                            hh_event *deallocation);

/* Take the oldest that has waited for too long, or any when the list is full. */
bool hh_disorder_give_up_parked(hh_disorder *disorder, hh_parked_block *parked);
bool hh_disorder_give_up_early(hh_disorder *disorder, hh_event *deallocation);
#endif
