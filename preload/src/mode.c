#include "mode.h"

#include <errno.h>
#include <string.h>

#include "budget.h"
#include "clock.h"
#include "log.h"
#include "match.h"
#include "notes.h"
#include "options.h"
#include "process.h"
#include "ring.h"
#include "sample.h"
#include "sample_set.h"
#include "sender.h"
#include "wake.h"

static struct {
  uint32_t first, asked, now; /* enum hh_mode */
  uint32_t wakes_to;
  bool partial;
  uint64_t woken_at;
  uint64_t sample_bytes, cull_ms;
  uint32_t turning_passes; /* the sender's: passes since the hooks began to fill the set */
} mode;

static const char *const names[HH_MODES] = {
    [HH_MODE_EXACT] = "exact", [HH_MODE_CULL] = "cull",       [HH_MODE_SAMPLE] = "sample",
    [HH_MODE_AUTO] = "auto",   [HH_MODE_DORMANT] = "dormant",
};

static uint32_t parse(const char *name) {
  for (uint32_t value = HH_MODE_EXACT; value < HH_MODES; value++)
    if (strcmp(name, names[value]) == 0)
      return value;
  return 0;
}

static uint32_t begins_as(uint32_t asked) {
  return asked == HH_MODE_AUTO ? HH_MODE_EXACT : asked;
}

int hh_mode_init(const char **bad) {
  mode.first = mode.asked = parse(hh_options.mode);
  mode.wakes_to = parse(hh_options.wake_mode);
  *bad = !mode.asked ? "HEAPHOUND_MODE" : "HEAPHOUND_WAKE_MODE";
  if (!mode.asked || !mode.wakes_to || mode.wakes_to == HH_MODE_DORMANT)
    return -EINVAL;
  if (mode.asked != HH_MODE_DORMANT)
    mode.wakes_to = mode.asked;
  mode.now = begins_as(mode.asked);
  if (hh_wake_init(hh_options.wake_at) != 0) {
    *bad = "HEAPHOUND_WAKE_AT";
    return -EINVAL;
  }
  mode.sample_bytes = hh_options.sample_bytes ? hh_options.sample_bytes : 1;
  mode.cull_ms = hh_options.cull_ms;
  mode.partial = mode.now == HH_MODE_DORMANT || mode.now == HH_MODE_SAMPLE;
  mode.woken_at = 0;
  hh_ring_says_moved = mode.now == HH_MODE_CULL;
  return 0;
}

/* To be woken by the server or by itself, a dormant process needs its sender thread; until it has earned that, hooks
 * look at the clock. */
static uint32_t dormant(void) {
  bool can_be_woken = hh_wake_wanted() || (hh_options.server[0] && !hh_options.output[0]);
  return can_be_woken && !hh_sender_started() ? HH_RECORD_WAITING : HH_RECORD_DORMANT;
}

/* A process that begins by sampling has no older blocks to care about. */
uint32_t hh_mode_first_recording(void) {
  switch (mode.now) {
  case HH_MODE_DORMANT:
    return dormant();
  case HH_MODE_SAMPLE:
    return HH_RECORD_SAMPLED;
  default:
    return HH_RECORD_ALL;
  }
}

/* Two requests at once: whoever comes last sees that the mode is no longer his and follows the other's. */
static void follow(void) {
  uint32_t now;
  do {
    now = __atomic_load_n(&mode.now, __ATOMIC_SEQ_CST);
    uint32_t is = __atomic_load_n(&hh_gate.recording, __ATOMIC_SEQ_CST), wanted = HH_RECORD_ALL;
    if (now == HH_MODE_DORMANT)
      wanted = dormant();
    else if (now == HH_MODE_SAMPLE)
      wanted = is == HH_RECORD_SAMPLED ? HH_RECORD_SAMPLED : HH_RECORD_TURNING;
    if (hh_gate.alive)
      __atomic_store_n(&hh_gate.recording, wanted, __ATOMIC_SEQ_CST);
  } while (now != __atomic_load_n(&mode.now, __ATOMIC_SEQ_CST));
}

static int change(uint32_t asked, uint32_t to, enum hh_why why) {
  uint32_t from = __atomic_load_n(&mode.now, __ATOMIC_SEQ_CST);
  uint64_t ticks = hh_ring_ticks();
  bool said = from != to || asked != __atomic_load_n(&mode.asked, __ATOMIC_SEQ_CST);
  hh_note note = {.ticks = ticks,
                  .type = HH_NOTE_MODE,
                  .mode = {.from = (uint8_t)from,
                           .to = (uint8_t)(why == HH_WHY_BUDGET ? to : asked),
                           .why = (uint8_t)why,
                           .sample_bytes = hh_mode_sample_bytes()}};
  if (said && !hh_note_put(&note))
    return -EAGAIN;
  if (to == HH_MODE_DORMANT || to == HH_MODE_SAMPLE)
    __atomic_store_n(&mode.partial, true, __ATOMIC_RELAXED);
  if (from == HH_MODE_DORMANT)
    __atomic_store_n(&mode.woken_at, ticks, __ATOMIC_RELAXED);
  __atomic_store_n(&mode.asked, asked, __ATOMIC_SEQ_CST);
  __atomic_store_n(&mode.now, to, __ATOMIC_SEQ_CST);
  __atomic_store_n(&hh_ring_says_moved, to == HH_MODE_CULL, __ATOMIC_RELAXED);
  follow();
  return 0;
}

int hh_mode_request(enum hh_mode asked, enum hh_why why) {
  if (asked < HH_MODE_EXACT || asked >= HH_MODES)
    return -EINVAL;
  if (!hh_gate.alive || hh_process_end_reason())
    return -ESRCH;
  if (asked != HH_MODE_DORMANT && asked != HH_MODE_AUTO && why != HH_WHY_BUDGET)
    __atomic_store_n(&mode.wakes_to, asked, __ATOMIC_RELAXED);
  uint32_t now = __atomic_load_n(&mode.now, __ATOMIC_SEQ_CST);
  if (why == HH_WHY_BUDGET) /* unless somebody has asked for something else meanwhile */
    return hh_mode_asked() == HH_MODE_AUTO && now != HH_MODE_DORMANT ? change(HH_MODE_AUTO, asked, why) : -EAGAIN;
  if (asked == HH_MODE_AUTO) {
    __atomic_store_n(&mode.wakes_to, HH_MODE_AUTO, __ATOMIC_RELAXED);
    return change(asked, now == HH_MODE_DORMANT ? HH_MODE_EXACT : now, why);
  }
  return change(asked, asked, why);
}

int hh_mode_start(enum hh_why why) {
  if (hh_mode_now() != HH_MODE_DORMANT)
    return 0;
  return hh_mode_request((enum hh_mode)__atomic_load_n(&mode.wakes_to, __ATOMIC_RELAXED), why);
}

int hh_mode_stop(enum hh_why why) {
  return hh_mode_request(HH_MODE_DORMANT, why);
}

int hh_mode_toggle(enum hh_why why) {
  return hh_mode_now() == HH_MODE_DORMANT ? hh_mode_start(why) : hh_mode_stop(why);
}

void hh_mode_settings(const hh_settings *settings) {
  static uint64_t applied;
  if (settings->revision && settings->revision == applied)
    return;
  applied = settings->revision;
  hh_mode_tune(settings->sample_bytes, settings->cull_ms);
  if (settings->stop)
    hh_disable("stopped by the server");
  else if (settings->mode)
    hh_mode_request((enum hh_mode)settings->mode, HH_WHY_SETTINGS);
}

enum hh_mode hh_mode_first(void) {
  return (enum hh_mode)mode.first;
}

enum hh_mode hh_mode_asked(void) {
  return (enum hh_mode)__atomic_load_n(&mode.asked, __ATOMIC_SEQ_CST);
}

enum hh_mode hh_mode_now(void) {
  return (enum hh_mode)__atomic_load_n(&mode.now, __ATOMIC_SEQ_CST);
}

void hh_mode_tune(uint64_t sample_bytes, uint64_t cull_ms) {
  if (cull_ms)
    __atomic_store_n(&mode.cull_ms, cull_ms, __ATOMIC_RELAXED);
  if (!sample_bytes || sample_bytes == hh_mode_sample_bytes())
    return;
  __atomic_store_n(&mode.sample_bytes, sample_bytes, __ATOMIC_RELAXED);
  hh_sample_interval_changed();
}

uint64_t hh_mode_sample_bytes(void) {
  return __atomic_load_n(&mode.sample_bytes, __ATOMIC_RELAXED);
}

uint64_t hh_mode_cull_ms(void) {
  return __atomic_load_n(&mode.cull_ms, __ATOMIC_RELAXED);
}

bool hh_mode_was_partial(void) {
  return __atomic_load_n(&mode.partial, __ATOMIC_RELAXED);
}

uint64_t hh_mode_woken_at(void) {
  return __atomic_load_n(&mode.woken_at, __ATOMIC_RELAXED);
}

/* ---- from everything to samples
 *
 * Blocks that are live now must be seen when they are freed, or they would look leaked. So first the hooks record
 * everything and put new addresses into the set (turning); two passes later whatever was recorded before that has been
 * read, and the live blocks join the set; then sampling begins. */

enum { PASSES = 2 };

void hh_mode_work(void) {
  hh_wake_work();
  hh_budget_work();
  if (__atomic_load_n(&hh_gate.recording, __ATOMIC_SEQ_CST) != HH_RECORD_TURNING) {
    mode.turning_passes = 0;
    return;
  }
  if (mode.turning_passes++ < PASSES)
    return;
  hh_match_watch_live();
  uint32_t turning = HH_RECORD_TURNING; /* nobody has asked for something else meanwhile */
  if (hh_mode_now() == HH_MODE_SAMPLE)
    __atomic_compare_exchange_n(&hh_gate.recording, &turning, HH_RECORD_SAMPLED, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
}

void hh_mode_forked(void) {
  const char *unused;
  hh_notes_clear();
  hh_sample_set_clear();
  hh_mode_init(&unused);
}
