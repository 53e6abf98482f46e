#include "clock.h"

#include "sys/sys.h"

enum { SLOW_NS_SHIFT = 2 };

hh_clock_state hh_clock;

void hh_clock_init(void) {
  hh_clock.counter_usable = hh_counter_usable();
  hh_clock.shift = hh_counter_shift();
  hh_clock.monotonic_base_ns = hh_sys_monotonic_ns();
  hh_clock.unix_base_ns = hh_sys_unix_ns();
  hh_clock.counter_base = hh_counter();
}

uint64_t hh_clock_slow_ticks(void) {
  return (hh_sys_monotonic_ns() - hh_clock.monotonic_base_ns) >> SLOW_NS_SHIFT;
}

hh_clock_line hh_clock_calibrate(uint64_t base_ticks) {
  double ns_per_tick = (double)(1u << (SLOW_NS_SHIFT + HH_BLOCK_TICK_SHIFT));
  if (hh_clock.counter_usable) {
    uint64_t elapsed_ns = hh_sys_monotonic_ns() - hh_clock.monotonic_base_ns;
    double elapsed_ticks =
        (double)(hh_counter() - hh_clock.counter_base) / (double)(1u << (hh_clock.shift + HH_BLOCK_TICK_SHIFT));
    ns_per_tick = (double)elapsed_ns / elapsed_ticks;
  }
  return (hh_clock_line){
      .ticks = base_ticks,
      .unix_ns = hh_clock.unix_base_ns + (uint64_t)((double)base_ticks * ns_per_tick),
      .ns_per_tick = ns_per_tick,
  };
}
