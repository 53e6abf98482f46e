/* Time of events. Hooks read ring ticks (6.5 ns at 2.4 GHz); a block counts in coarser ticks, eight ring ticks each.
 * Both count from hh_clock_init. */
#ifndef HH_CLOCK_H
#define HH_CLOCK_H
#include "common.h"

enum { HH_TSC_SHIFT = 4, HH_BLOCK_TICK_SHIFT = 3 };

typedef struct hh_clock_state {
  uint64_t tsc_base;
  uint32_t tsc_usable; /* else the monotonic clock, in units of 4 ns */
  uint64_t monotonic_base_ns, unix_base_ns;
} hh_clock_state;
extern hh_clock_state hh_clock;

void hh_clock_init(void);
uint64_t hh_clock_slow_ticks(void);

/* Async-signal-safe. Plain rdtsc: it may move a few instructions either way, which no reader can tell. */
HH_INLINE uint64_t hh_ring_ticks(void) {
  if (HH_LIKELY(hh_clock.tsc_usable))
    return (__builtin_ia32_rdtsc() - hh_clock.tsc_base) >> HH_TSC_SHIFT;
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
