/* The life of the profile within its process: when it begins, what earns it a sender thread, how it ends, what becomes
 * of it over fork. */
#ifndef HH_PROCESS_H
#define HH_PROCESS_H
#include "common.h"
#include "exec_environment.h"

/* What the hooks do. Turning: on the way from all to sampled (mode.c). */
enum hh_recording {
  HH_RECORD_NOT_BEGUN = 0,
  HH_RECORD_ALL = 1,
  HH_RECORD_TURNING = 2,
  HH_RECORD_SAMPLED = 3,
  HH_RECORD_DORMANT = 4,
  HH_RECORD_WAITING = 5, /* dormant, and there is no sender thread yet */
};
HH_INLINE bool hh_records(uint32_t recording) {
  return recording - HH_RECORD_ALL <= HH_RECORD_SAMPLED - HH_RECORD_ALL;
}

/* On a page of its own that the kernel clears in every forked child (MADV_WIPEONFORK), however it was forked: a child
 * is quiet unless it is set up again. */
typedef struct hh_gate_page {
  uint32_t recording; /* enum hh_recording */
  uint32_t alive;     /* there is a profile that must be ended */
} hh_gate_page;
extern hh_gate_page hh_gate;

enum hh_end { HH_END_EXIT = 1, HH_END_STOPPED = 2, HH_END_FATAL_SIGNAL = 3, HH_END_EXEC = 4 }; /* Goodbye.Reason */

/* For hooks that find nothing recorded: begins the profile if this is the first call that can. True = record. */
bool hh_process_wake(void);
/* The process has done enough to be worth a sender thread; it is started unless it runs. */
void hh_process_earned(void);
uint64_t hh_process_age_ns(void); /* since the profile began */
/* Old enough for that, at ring ticks `now`? */
bool hh_process_is_due(uint64_t now);
/* Ends the profile: delivers what is there, waits as long as acknowledgements make progress. Once per process. */
void hh_process_finish(enum hh_end reason);
/* The program is about to forbid itself what profiling needs: ends the profile. */
void hh_process_confined(void);
enum hh_end hh_process_end_reason(void);
/* When the end began: before what was left was delivered. */
uint64_t hh_process_ended_unix_ns(void);
/* Delivers what is there and goes on. 0 when everything is acknowledged. */
int hh_process_sync(void);
/* Nothing is recorded any more, for good; what there is is sent at the end. */
void hh_process_stop(void);

/* For exec.c: what becomes of programs that this process starts (for_child), or turns into. False: no profile, so
 * nothing is changed. Async-signal-safe, like the next two. */
bool hh_process_heritage(bool for_child, enum hh_heritage *heritage);
/* The key that they find as their parent's. */
uint64_t hh_process_lineage(bool for_child);
/* exec comes next: the profile ends, unless it belongs to the parent of a forked child. */
void hh_process_replaced(void);

/* What Hello says; fixed at the start. */
typedef struct hh_process_identity {
  uint64_t key, parent_key, started_unix_ns;
  int pid, parent_pid;
} hh_process_identity;
extern hh_process_identity hh_identity;
#endif
