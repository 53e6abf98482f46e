/* HEAPHOUND_WAKE_AT: what wakes a dormant process. */
#ifndef HH_WAKE_H
#define HH_WAKE_H
#include "common.h"

/* "70%": the cgroup's memory is above that part of its limit. "1.5G": so much of the process is resident. "50M/min": it
 * grew by so much within the last minute. Several, comma separated. 0, or -EINVAL when it makes no sense. */
int hh_wake_init(const char *text);
bool hh_wake_wanted(void);

typedef struct hh_wake_figures {
  uint64_t now_ns, resident_bytes, cgroup_bytes, cgroup_limit_bytes; /* limit 0: there is none */
} hh_wake_figures;
/* To be asked a few times a second. True when one of the conditions holds. */
bool hh_wake_due(const hh_wake_figures *now);
/* Growth counts from now on. */
void hh_wake_forget(void);
/* By the sender: looks at the memory and wakes. */
void hh_wake_work(void);
#endif
