/* Mode auto, and the conditions that wake: decisions from figures. */
#include "budget.h"

#include <errno.h>

#include "check.h"
#include "wake.h"

static hh_budget budget;

static hh_budget_window window_of(double cpu_ns, double sender_ns, double events, double bytes) {
  return (hh_budget_window){.seconds = 0.5,
                            .process_cpu_ns = cpu_ns,
                            .sender_cpu_ns = sender_ns,
                            .recorded = events,
                            .happened = events,
                            .sent_bytes = bytes};
}

/* The mode after that many windows, and after how many it changed. */
static enum hh_mode after(enum hh_mode now, hh_budget_window window, int windows, int *changed) {
  *changed = 0;
  for (int i = 1; i <= windows; i++) {
    enum hh_mode next = hh_budget_step(&budget, now, &window);
    if (next != now && !*changed)
      *changed = i;
    now = next;
  }
  return now;
}

static void test_budget(void) {
  int changed;
  hh_budget_window heavy = window_of(5e8, 1e8, 1e6, 0), light = window_of(5e8, 1e5, 1e3, 1e3);
  hh_budget_window idle = window_of(1e6, 1e6, 1e4, 0), chatty = window_of(5e8, 1e5, 1e3, 1e7);
  hh_budget_init(&budget, 0.05, 1e6);
  CHECK("within the budget nothing changes", after(HH_MODE_EXACT, light, 100, &changed) == HH_MODE_EXACT);
  CHECK("one window over is no reason", hh_budget_step(&budget, HH_MODE_EXACT, &heavy) == HH_MODE_EXACT);
  CHECK("nor is it with a pause", after(HH_MODE_EXACT, light, 1, &changed) == HH_MODE_EXACT &&
                                      hh_budget_step(&budget, HH_MODE_EXACT, &heavy) == HH_MODE_EXACT);
  hh_budget_init(&budget, 0.05, 1e6);
  CHECK("two are", after(HH_MODE_EXACT, heavy, 2, &changed) == HH_MODE_CULL && changed == 2);
  CHECK("and two more", after(HH_MODE_CULL, heavy, 50, &changed) == HH_MODE_SAMPLE && changed == 2);
  CHECK("below sample there is nothing", after(HH_MODE_SAMPLE, heavy, 50, &changed) == HH_MODE_SAMPLE);
  CHECK("up late", after(HH_MODE_SAMPLE, light, 80, &changed) == HH_MODE_CULL && changed == 80);
  CHECK("later each time", after(HH_MODE_CULL, heavy, 2, &changed) == HH_MODE_SAMPLE &&
                               after(HH_MODE_SAMPLE, light, 159, &changed) == HH_MODE_SAMPLE);
  hh_budget_init(&budget, 0.05, 1e6);
  CHECK("an idle process exceeds no share", after(HH_MODE_EXACT, idle, 10, &changed) == HH_MODE_EXACT);
  CHECK("bytes count too", after(HH_MODE_EXACT, chatty, 2, &changed) == HH_MODE_CULL);
}

static bool due(uint64_t second, uint64_t resident, uint64_t used, uint64_t limit) {
  hh_wake_figures figures = {
      .now_ns = second * 1000000000, .resident_bytes = resident, .cgroup_bytes = used, .cgroup_limit_bytes = limit};
  return hh_wake_due(&figures);
}

static void test_wake(void) {
  static const char *const nonsense[] = {"x", "70%x", "0%", "101%", "1.5", "-1M", "5M/h", "1M,", "1M,,2M", "%"};
  CHECK("none", hh_wake_init("") == 0 && !hh_wake_wanted());
  for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++)
    if (i != 4) /* 1.5 bytes are odd, but say something */
      CHECK(nonsense[i], hh_wake_init(nonsense[i]) == -EINVAL);
  CHECK("percent", hh_wake_init("70%") == 0 && hh_wake_wanted() && !due(1, 1e9, 70, 100) && due(2, 0, 71, 100));
  CHECK("percent of no limit", hh_wake_init("70%") == 0 && !due(1, 0, 71, 0));
  CHECK("bytes", hh_wake_init("1.5G") == 0 && !due(1, 3u << 29, 0, 0) && due(2, (3u << 29) + 1, 0, 0));
  CHECK("growth", hh_wake_init("50M/min") == 0 && !due(1, 100 << 20, 0, 0) && !due(30, 149 << 20, 0, 0) &&
                      due(59, 151 << 20, 0, 0));
  CHECK("slow growth", hh_wake_init("50M/min") == 0 && !due(1, 100 << 20, 0, 0) && !due(100, 151 << 20, 0, 0) &&
                           !due(200, 300 << 20, 0, 0));
  CHECK("several", hh_wake_init("90%,1G,10M/min") == 0 && due(1, 2u << 30, 1, 100));
}

int main(void) {
  test_budget();
  test_wake();
  return hh_check_end();
}
