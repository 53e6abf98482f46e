/* The block that is being made: when it begins, when it is closed, and what its end says. */
#include "arena.h"
#include "block.h"
#include "calls.h"
#include "chunks.h"
#include "culled.h"
#include "dictionary.h"
#include "match_state.h"
#include "notes.h"
#include "ring.h"
#include "sample_set.h"
#include "sys/sys.h"

void hh_match_begin_block(uint64_t ticks) {
  hh_encoder_begin(&hh_matching.encoder, ticks, hh_matching.allocations + 1);
  hh_matching.block_began_ns = hh_sys_monotonic_ns();
  hh_matching.block_open = true;
  hh_matching.totals.peak_live_bytes = hh_matching.totals.live_bytes;
  hh_matching.totals.peak_ticks = ticks;
  hh_counted *counted = &hh_matching.totals.counted;
  counted->partial = counted->sampled = counted->live_bytes_variance > 0;
  counted->start_ticks = counted->end_ticks = ticks;
  counted->allocations = counted->deallocations = 0;
}

uint64_t hh_match_live_blocks(void) {
  return hh_matching.young.count + hh_matching.live.count;
}

hh_activity hh_match_activity(void) {
  return hh_matching.activity;
}

void hh_match_end_block(void) {
  hh_matching.activity.recorded += hh_matching.encoder.events + 2.0 * (double)hh_culled_allocations();
  hh_matching.activity.happened += hh_matching.totals.counted.allocations + hh_matching.totals.counted.deallocations;
  hh_losses_gather(&hh_matching.losses);
  hh_matching.gaps =
      hh_matching.gaps || hh_matching.losses.count[HH_LOSS_RING_FULL] || hh_matching.losses.count[HH_LOSS_BUSY];
  double live_extra = hh_matching.totals.counted.live_extra;
  hh_matching.totals.live_allocations =
      hh_match_live_blocks() + hh_matching.disorder.parked_count + (live_extra > 0 ? (uint64_t)(live_extra + 0.5) : 0);
  hh_matching.totals.profiler_bytes = hh_pages_bytes() + hh_live_bytes(&hh_matching.live) + hh_chunks_bytes() +
                                      hh_stack_numbers_bytes() + hh_encoder_bytes(&hh_matching.encoder) +
                                      hh_held_bytes() + hh_culled_bytes_held() + hh_sample_set_bytes();
  hh_block_close(&hh_matching.encoder, &hh_matching.totals, &hh_matching.losses);
  hh_matching.block_open = false;
}

static bool losses_pending(void) {
  for (int kind = 1; kind < HH_LOSS_KINDS; kind++)
    if (hh_matching.losses.count[kind])
      return true;
  return false;
}

void hh_match_close_block(uint64_t age_ns) {
  if (!hh_matching.block_open) {
    if (age_ns && !hh_notes_pending() && !hh_calls_pending())
      return;
    hh_losses_gather(&hh_matching.losses);
    if (!losses_pending() && !hh_dictionary_pending() && !hh_notes_pending() && !hh_calls_pending())
      return;
    hh_match_begin_block(hh_ring_ticks() >> HH_BLOCK_TICK_SHIFT);
  }
  if (age_ns == 0 || hh_calls_urgent() || hh_sys_monotonic_ns() - hh_matching.block_began_ns >= age_ns)
    hh_match_end_block();
}

/* The stack's definition would not fit into the current block: close it, which defines what came before. */
HH_COLD uint32_t hh_match_stack_beyond_limit(uint32_t node) {
  while (node >= hh_dictionary_node_limit() || hh_stack_numbers_count() + 2 >= hh_dictionary_stack_limit()) {
    uint32_t limit_before = hh_dictionary_node_limit() + hh_dictionary_stack_limit();
    hh_match_close_block(0);
    if (hh_dictionary_node_limit() + hh_dictionary_stack_limit() == limit_before) {
      hh_losses_add(&hh_matching.losses, HH_LOSS_NO_STACK, 1, 0); /* the spool is full */
      return 0;
    }
  }
  return hh_stack_number(node);
}
