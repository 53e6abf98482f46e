/* Which parts of the stacks a thread walked are known to be readable. A walk by sound rules stays inside the stack it
 * starts on; damaged rules and guesses must not fault, so every address is checked against ranges that were probed page
 * by page. Several ranges, as threads switch between coroutine stacks. */
#ifndef HH_UNWIND_READABLE_H
#define HH_UNWIND_READABLE_H
#include "arch.h"
#include <stdint.h>

enum { HH_READABLE_RANGES = 8 };

typedef struct hh_readable_range {
  uint64_t start, end; /* whole pages */
} hh_readable_range;

typedef struct hh_readable {
  hh_readable_range range[HH_READABLE_RANGES];
  hh_readable_range doubtful; /* what this walk probed after a guess */
  uint32_t current, victim;
  uint8_t doubt;
} hh_readable;

/* Starts a walk at `address`, which is known to be readable: it lies in the caller's own stack. */
void hh_readable_enter_slow(hh_readable *readable, uint64_t address);
/* Can the aligned word at address be read? Off the fast path; moves to the range that holds it. */
int hh_readable_check(hh_readable *readable, uint64_t address);
/* After a guess, addresses may be anything. A remembered range may hold unmapped pages by now (a coroutine's stack can
 * go away), so from here on this walk trusts only the main stack, which never does, and what it probes itself. */
void hh_readable_doubt(hh_readable *readable);

static inline const hh_readable_range *hh_readable_now(const hh_readable *readable) {
  return readable->doubt ? &readable->doubtful : &readable->range[readable->current];
}

static inline void hh_readable_enter(hh_readable *readable, uint64_t address) {
  const hh_readable_range *range = &readable->range[readable->current];
  readable->doubt = 0;
  if (__builtin_expect(address - range->start >= range->end - range->start, 0))
    hh_readable_enter_slow(readable, address);
}

/* Inclusive size in which a whole word fits: address - start < room. */
static inline uint64_t hh_readable_room(const hh_readable_range *range) {
  return range->end > range->start ? range->end - range->start - (HH_WORD - 1) : 0;
}
#endif
