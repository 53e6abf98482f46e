/* Mode auto: from exact over cull to sample and back, within a budget. Down soon, up late: a step up is taken only when
 * what it is expected to cost fits half of the budget for a while, and each step down makes that while longer. */
#ifndef HH_BUDGET_H
#define HH_BUDGET_H
#include "common.h"
#include "mode.h"

enum { HH_BUDGET_WINDOW_MS = 500 };

typedef struct hh_budget {
  double cpu_share, bytes_per_second; /* that may be used */
  uint32_t over, room;                /* windows in a row */
  uint32_t patience;                  /* windows with room before a step up */
} hh_budget;

/* What happened within one window. */
typedef struct hh_budget_window {
  double seconds;
  double process_cpu_ns, sender_cpu_ns;
  double recorded, happened; /* allocations and deallocations that hooks recorded; that there were, about */
  double sent_bytes;
} hh_budget_window;

void hh_budget_init(hh_budget *budget, double cpu_share, double bytes_per_second);
/* The mode to change to, or `now`. */
enum hh_mode hh_budget_step(hh_budget *budget, enum hh_mode now, const hh_budget_window *window);
/* By the sender. */
void hh_budget_work(void);
#endif
