/* Time of events. Hooks read ring ticks (amd64: 6.5 ns at 2.4 GHz); a block counts in coarser ticks, eight ring ticks
 * each. Both count from hh_clock_init. */
#ifndef HH_CLOCK_H
#define HH_CLOCK_H
#include "common.h"
#include "sys/counter.h"

enum { HH_BLOCK_TICK_SHIFT = 3 };

typedef struct hh_clock_state {
  uint64_t counter_base;
  uint32_t counter_usable; /* else the monotonic clock, in units of 4 ns */
  uint32_t shift;          /* of the counter to ring ticks */
  uint64_t monotonic_base_ns, unix_base_ns;
} hh_clock_state;
extern hh_clock_state hh_clock;

void hh_clock_init(void);
uint64_t hh_clock_slow_ticks(void);

/* Async-signal-safe. */
HH_INLINE uint64_t hh_ring_ticks(void) {
  if (HH_LIKELY(hh_clock.counter_usable))
    return (hh_counter() - hh_clock.counter_base) >>
           (HH_COUNTER_SHIFT < 0 ? hh_clock.shift : (unsigned)HH_COUNTER_SHIFT);
  return hh_clock_slow_ticks();
}

/* unix_ns(t) = unix_ns + (t - ticks) * ns_per_tick, in block ticks. */
typedef struct hh_clock_line {
  uint64_t ticks, unix_ns;
  double ns_per_tick;
} hh_clock_line;

/* The line through the start of the process and now. Its slope gets better with age while old moments hardly move. */
hh_clock_line hh_clock_calibrate(uint64_t base_ticks);
#endif
