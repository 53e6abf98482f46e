/* Where the figures for budget.c come from. */
#include "block.h"
#include "budget.h"
#include "match.h"
#include "options.h"
#include "sys/sys.h"

static hh_budget budget;
static struct {
  uint64_t at_ns, process_cpu_ns, sender_cpu_ns, sent_bytes;
  hh_activity activity;
} before;

static void look(void) {
  before.at_ns = hh_sys_monotonic_ns();
  before.process_cpu_ns = hh_sys_process_cpu_ns();
  before.sender_cpu_ns = hh_sys_thread_cpu_ns();
  before.sent_bytes = hh_block_sent_bytes();
  before.activity = hh_match_activity();
}

static hh_budget_window since_before(void) {
  hh_activity now = hh_match_activity();
  return (hh_budget_window){
      .seconds = (double)(hh_sys_monotonic_ns() - before.at_ns) * 1e-9,
      .process_cpu_ns = (double)(hh_sys_process_cpu_ns() - before.process_cpu_ns),
      .sender_cpu_ns = (double)(hh_sys_thread_cpu_ns() - before.sender_cpu_ns),
      .recorded = now.recorded - before.activity.recorded,
      .happened = now.happened - before.activity.happened,
      .sent_bytes = (double)(hh_block_sent_bytes() - before.sent_bytes),
  };
}

void hh_budget_work(void) {
  enum { NS_PER_MS = 1000000, PERCENT = 100 };
  if (hh_mode_asked() != HH_MODE_AUTO || hh_mode_now() == HH_MODE_DORMANT) {
    before.at_ns = 0;
    return;
  }
  if (!before.at_ns) {
    hh_budget_init(&budget, (double)hh_options.budget_cpu / PERCENT, (double)hh_options.budget_bytes);
    look();
  }
  if (hh_sys_monotonic_ns() - before.at_ns < (uint64_t)HH_BUDGET_WINDOW_MS * NS_PER_MS)
    return;
  hh_budget_window window = since_before();
  enum hh_mode now = hh_mode_now(), to = hh_budget_step(&budget, now, &window);
  if (to != now)
    hh_mode_request(to, HH_WHY_BUDGET);
  look();
}
