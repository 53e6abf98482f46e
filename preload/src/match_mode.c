/* What a mode, or its change, asks of the blocks that are live. */
#include "clock.h"
#include "match_state.h"
#include "mode.h"
#include "options.h"
#include "ring.h"
#include "sample_set.h"

/* Numbers blocks that are old enough: some records of the map at each pass, all of them in an eighth of the threshold.
 */
static void sweep(uint64_t oldest_time, uint64_t records) {
  for (; records && hh_matching.cull.held; records--) {
    if (++hh_matching.cull.hand >= hh_matching.live.records_made) {
      hh_matching.cull.hand = 1;
      hh_match_map_older_than(oldest_time);
    }
    hh_live_block block;
    if (hh_live_at(&hh_matching.live, hh_matching.cull.hand, &block) && hh_is_held(block.number) &&
        hh_held_root_time(&block) <= oldest_time)
      hh_live_renumber(&hh_matching.live, hh_matching.cull.hand, hh_held_send(&block));
  }
}

static void send_survivors(void) {
  enum { PARTS = 8 };
  uint64_t now = hh_ring_ticks(), age = hh_matching.cull.threshold, passed = now - hh_matching.cull.swept_at;
  hh_matching.cull.swept_at = now;
  if (hh_matching.cull.held > hh_options.cull_pending)
    age = (uint64_t)((double)age * (double)hh_options.cull_pending / (double)hh_matching.cull.held);
  double part = (double)passed * PARTS / (double)(hh_matching.cull.threshold + 1);
  uint64_t records = part < 1 ? (uint64_t)(part * hh_matching.live.records_made) + 1 : hh_matching.live.records_made;
  if (now > age)
    sweep(now - age, records);
}

void hh_match_release_held(void) {
  hh_match_map_older_than(UINT64_MAX);
  sweep(UINT64_MAX, hh_matching.live.records_made);
}

void hh_match_watch_live(void) {
  hh_live_block block;
  hh_match_map_older_than(UINT64_MAX);
  for (uint32_t record = 1; record < hh_matching.live.records_made; record++)
    if (hh_live_at(&hh_matching.live, record, &block) &&
        !hh_sample_set_add_once((const void *)(uintptr_t)(block.key << 3)))
      hh_losses_add(&hh_matching.losses, HH_LOSS_FORGOTTEN, 1, block.size);
}

/* Nobody will tell when these are freed. */
static void forget_live(void) {
  hh_losses_add(&hh_matching.losses, HH_LOSS_FORGOTTEN, hh_match_live_blocks(), hh_matching.totals.live_bytes);
}

void hh_match_follow_mode(void) {
  static enum hh_mode mode;
  enum hh_mode now = hh_mode_now();
  if (now != mode && now == HH_MODE_DORMANT && hh_match_live_blocks())
    forget_live();
  mode = now;
  hh_matching.gaps = hh_matching.gaps || hh_mode_was_partial();
  hh_matching.cull.on = now == HH_MODE_CULL;
  if (!hh_matching.cull.on && !hh_matching.cull.held)
    return;
  enum { NS_PER_MS = 1000000 };
  hh_matching.cull.ns_per_tick = hh_clock_calibrate(0).ns_per_tick / (1 << HH_BLOCK_TICK_SHIFT);
  hh_matching.cull.threshold = (uint64_t)((double)hh_mode_cull_ms() * NS_PER_MS / hh_matching.cull.ns_per_tick);
  send_survivors();
}
