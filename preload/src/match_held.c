/* What culling holds back until it is old enough: sent after all, or only counted. */
#include "culled.h"
#include "match_state.h"
#include "ring.h"

/* Sends the allocation. Its bytes were counted when it was made. */
static uint64_t send_held(const hh_held *is, uint64_t replaced) {
  hh_match_open_block();
  hh_matching.totals.counted.partial = true;
  hh_encoded_allocation coded = {
      .ticks = is->time >> HH_BLOCK_TICK_SHIFT,
      .key = is->key,
      .size = is->size,
      .number = ++hh_matching.allocations,
      .replaced = replaced,
      .thread = is->thread,
      .stack = is->stack,
      .kind = is->kind,
      .align_log2 = is->align_log2,
  };
  hh_matching.cull.held--;
  hh_match_put_allocation(&coded);
  return coded.number;
}

/* Sends what reallocs replaced one after the other. The newest one's number. */
uint64_t hh_held_send_chain(uint32_t newest) {
  uint64_t number = 0;
  for (uint32_t note = hh_held_oldest_first(newest); note;) {
    hh_held dead = hh_held_take_note(note);
    number = send_held(&dead, number);
    hh_match_open_block();
    hh_encoded_free coded = {
        .ticks = dead.freed_at >> HH_BLOCK_TICK_SHIFT,
        .key = dead.key,
        .size = dead.size,
        .number = number,
        .allocated_ticks = dead.time >> HH_BLOCK_TICK_SHIFT,
        .stack = dead.stack,
        .thread = dead.free_thread,
        .free_stack = dead.free_stack,
    };
    hh_match_put_free(&coded);
    note = dead.before;
  }
  return number;
}

uint64_t hh_held_send(const hh_live_block *block) {
  hh_held is = hh_held_take(block);
  return send_held(&is, is.before ? hh_held_send_chain(is.before) : 0);
}

static void cull_one(const hh_held *is) {
  hh_match_open_block();
  hh_matching.totals.counted.partial = true;
  hh_matching.cull.held--;
  hh_culled_count(is->stack, is->size, (uint64_t)((double)(is->freed_at - is->time) * hh_matching.cull.ns_per_tick));
  if (HH_UNLIKELY(hh_culled_full()))
    hh_match_end_block();
}

static void cull_chain(uint32_t newest) {
  while (newest) {
    hh_held is = hh_held_take_note(newest);
    cull_one(&is);
    newest = is.before;
  }
}

/* A realloc's allocation never came: there was no room in the ring. */
static void end_chain(hh_thread *thread) {
  uint32_t chain = thread->chain;
  thread->chain = 0;
  cull_chain(chain);
}

/* A held block is freed young: it is culled, or waits for what replaces it. False when it must be sent. */
bool hh_held_end(const hh_event *event, const hh_live_block *block, uint64_t time) {
  if ((int64_t)(time - hh_held_root_time(block)) >= (int64_t)hh_matching.cull.threshold ||
      (event->moved && !hh_held_room()))
    return false;
  hh_held is = hh_held_take(block);
  is.freed_at = time > is.time ? time : is.time;
  if (event->thread->chain)
    end_chain(event->thread);
  if (!event->moved) {
    cull_one(&is);
    cull_chain(is.before);
    return true;
  }
  is.free_thread = event->thread_number;
  is.free_stack = hh_ring_free_stacks ? hh_match_stack(event->stack) : 0;
  event->thread->chain = hh_held_keep(&is);
  return true;
}

/* The tag of an allocation that is held back, or 0. What replaces a block that was sent is sent, so that the chain
 * stays whole; sizes beyond 32 bits need their number in the map at once. */
uint64_t hh_held_hold(const hh_event *event) {
  bool is_realloc = event->kind == HH_KIND_REALLOC;
  if (event->sample_bytes || event->size >= UINT32_MAX || (is_realloc && event->thread->last_freed))
    return 0;
  uint64_t tag = hh_held_tag(event, is_realloc ? event->thread->chain : 0);
  if (tag) {
    hh_matching.cull.held++;
    if (is_realloc)
      event->thread->chain = 0;
  }
  return tag;
}
