#include "clock.h"

#include <cpuid.h>
#include <string.h>

#include "sys/sys.h"

enum { SLOW_NS_SHIFT = 2 };

hh_clock_state hh_clock;

/* The processor says that its counter never stops and never changes speed, or the kernel found that it may be used. */
static bool tsc_usable(void) {
  unsigned a, b, c, d;
  if (__get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1u << 8)))
    return true;
  char name[16] = {0};
  int fd = hh_sys_open_read("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (fd < 0)
    return false;
  hh_sys_read(fd, name, sizeof name - 1);
  hh_sys_close(fd);
  return strncmp(name, "tsc", 3) == 0;
}

void hh_clock_init(void) {
  hh_clock.tsc_usable = tsc_usable();
  hh_clock.monotonic_base_ns = hh_sys_monotonic_ns();
  hh_clock.unix_base_ns = hh_sys_unix_ns();
  hh_clock.tsc_base = __builtin_ia32_rdtsc();
}

uint64_t hh_clock_slow_ticks(void) {
  return (hh_sys_monotonic_ns() - hh_clock.monotonic_base_ns) >> SLOW_NS_SHIFT;
}

hh_clock_line hh_clock_calibrate(uint64_t base_ticks) {
  double ns_per_tick = (double)(1u << (SLOW_NS_SHIFT + HH_BLOCK_TICK_SHIFT));
  if (hh_clock.tsc_usable) {
    uint64_t elapsed_ns = hh_sys_monotonic_ns() - hh_clock.monotonic_base_ns;
    double elapsed_ticks =
        (double)(__builtin_ia32_rdtsc() - hh_clock.tsc_base) / (double)(1u << (HH_TSC_SHIFT + HH_BLOCK_TICK_SHIFT));
    ns_per_tick = (double)elapsed_ns / elapsed_ticks;
  }
  return (hh_clock_line){
      .ticks = base_ticks,
      .unix_ns = hh_clock.unix_base_ns + (uint64_t)((double)base_ticks * ns_per_tick),
      .ns_per_tick = ns_per_tick,
  };
}
