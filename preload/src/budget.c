#include "budget.h"

/* Nanoseconds that an event costs in the calling thread, in the sender, and bytes on the wire: docs/performance.md. */
#define HOOK_NS   50.0
#define SENDER_NS 40.0
#define EXACT_NS  15.0 /* encoding and sending on top */
#define BYTES     1.5

enum { TOO_MUCH = 2, FIRST_PATIENCE = 20, LONGEST_PATIENCE = 7200 };
#define IDLE_NS 5e6 /* a process that hardly runs exceeds no share */

void hh_budget_init(hh_budget *budget, double cpu_share, double bytes_per_second) {
  *budget = (hh_budget){.cpu_share = cpu_share, .bytes_per_second = bytes_per_second, .patience = FIRST_PATIENCE};
}

static bool exceeds(const hh_budget *budget, const hh_budget_window *window, double cost_ns, double bytes) {
  bool busy = window->process_cpu_ns > IDLE_NS;
  return (busy && cost_ns > budget->cpu_share * window->process_cpu_ns) ||
         bytes > budget->bytes_per_second * window->seconds;
}

static enum hh_mode richer(enum hh_mode now) {
  return now == HH_MODE_SAMPLE ? HH_MODE_CULL : HH_MODE_EXACT;
}

static enum hh_mode poorer(enum hh_mode now) {
  return now == HH_MODE_EXACT ? HH_MODE_CULL : HH_MODE_SAMPLE;
}

/* Twice what the next richer mode would have cost. */
static bool would_exceed(const hh_budget *budget, enum hh_mode now, const hh_budget_window *window) {
  bool to_exact = richer(now) == HH_MODE_EXACT;
  double cost_ns = window->happened * (HOOK_NS + SENDER_NS + (to_exact ? EXACT_NS : 0));
  return exceeds(budget, window, 2 * cost_ns, to_exact ? 2 * BYTES * window->happened : 0);
}

static enum hh_mode down(hh_budget *budget, enum hh_mode now) {
  budget->over = budget->room = 0;
  budget->patience = budget->patience < LONGEST_PATIENCE / 2 ? budget->patience * 2 : LONGEST_PATIENCE;
  return poorer(now);
}

enum hh_mode hh_budget_step(hh_budget *budget, enum hh_mode now, const hh_budget_window *window) {
  double cost_ns = window->sender_cpu_ns + window->recorded * HOOK_NS;
  bool over = exceeds(budget, window, cost_ns, window->sent_bytes);
  budget->over = over ? budget->over + 1 : 0;
  budget->room = over || would_exceed(budget, now, window) ? 0 : budget->room + 1;
  if (budget->over >= TOO_MUCH && now != HH_MODE_SAMPLE)
    return down(budget, now);
  if (budget->room < budget->patience || now == HH_MODE_EXACT)
    return now;
  budget->room = 0;
  return richer(now);
}
