/* Which mode is in force, who changed it, and what that means for the hooks. Requests come from any thread and from
 * signal handlers; the sender does what takes time. Every change goes over the wire as an event. */
#ifndef HH_MODE_H
#define HH_MODE_H
#include "common.h"

/* Mode in ingest.proto, and heaphound.h. */
enum hh_mode {
  HH_MODE_EXACT = 1,
  HH_MODE_CULL = 2,
  HH_MODE_SAMPLE = 3,
  HH_MODE_AUTO = 4,
  HH_MODE_DORMANT = 5,
  HH_MODES
};

/* ModeChange.Why in ingest.proto. */
enum hh_why { HH_WHY_API = 1, HH_WHY_SIGNAL = 2, HH_WHY_SETTINGS = 3, HH_WHY_CONDITION = 4, HH_WHY_BUDGET = 5 };

/* From the options, before the gate opens. 0, or -EINVAL with the option's name in *bad. */
int hh_mode_init(const char **bad);
/* What the gate is to say when the profile begins. */
uint32_t hh_mode_first_recording(void);

/* Async-signal-safe. 0; -ESRCH when nothing is profiled here; -EAGAIN when changes come faster than they can be sent.
 */
int hh_mode_request(enum hh_mode mode, enum hh_why why);
/* What dormant wakes to, or dormant. Async-signal-safe. */
int hh_mode_start(enum hh_why why);
int hh_mode_stop(enum hh_why why);
int hh_mode_toggle(enum hh_why why);

enum hh_mode hh_mode_first(void); /* as the options said */
enum hh_mode hh_mode_asked(void); /* as requested: may be auto */
enum hh_mode hh_mode_now(void);   /* exact, cull, sample or dormant */

/* ServerMessage.Settings; zeros leave things as they are. The same revision comes again after each reconnect. */
typedef struct hh_settings {
  uint32_t mode;
  uint64_t sample_bytes, cull_ms, revision;
  bool stop;
} hh_settings;
void hh_mode_settings(const hh_settings *settings);

/* Mean bytes between samples, cull threshold; may change while it runs. 0 leaves them as they are. */
void hh_mode_tune(uint64_t sample_bytes, uint64_t cull_ms);
uint64_t hh_mode_sample_bytes(void);
uint64_t hh_mode_cull_ms(void);

/* There was a time in which not everything was recorded: deallocations of blocks from then are no losses. */
bool hh_mode_was_partial(void);
/* Ring ticks of the last change from dormant to something; 0 = none. Blocks from before it may be gone by now. */
uint64_t hh_mode_woken_at(void);

/* By the sender, after a pass over the rings: what a change left to do. */
void hh_mode_work(void);
/* A forked child begins with what was asked at the start. */
void hh_mode_forked(void);
#endif
