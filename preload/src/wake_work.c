/* Where the figures for wake.c come from. */
#include "memory_sample.h"
#include "mode.h"
#include "sys/sys.h"
#include "wake.h"

void hh_wake_work(void) {
  hh_memory_sample memory;
  uint64_t now_ns = hh_sys_monotonic_ns();
  if (!hh_wake_wanted() || hh_mode_now() != HH_MODE_DORMANT || !hh_memory_sample_take(&memory, 0, now_ns))
    return;
  hh_wake_figures figures = {.now_ns = now_ns,
                             .resident_bytes = memory.resident_bytes,
                             .cgroup_bytes = memory.cgroup_bytes,
                             .cgroup_limit_bytes = memory.cgroup_limit_bytes};
  if (hh_wake_due(&figures))
    hh_mode_start(HH_WHY_CONDITION);
}
