#include "match.h"

#include <errno.h>

#include "culled.h"
#include "disorder.h"
#include "encoder.h"
#include "held.h"
#include "live_map.h"
#include "losses.h"
#include "match_state.h"
#include "mode.h"
#include "periods.h"
#include "ring.h"
#include "stack_numbers.h"
#include "sys/sys.h"
#include "young.h"

enum { MAX_BLOCKS = (1 << 27) - 1 };

hh_matching_state hh_matching;
static uint32_t map_visits; /* of this batch */
static bool fetch_ahead = true;

/* Address space for the map is only reserved, but where the program has a limit for it we take a small part. */
static uint32_t most_blocks(void) {
  enum { BYTES_PER_BLOCK = 40, PART = 16 };
  uint64_t blocks = hh_sys_address_space_limit() / PART / BYTES_PER_BLOCK;
  return blocks < MAX_BLOCKS ? (uint32_t)blocks : MAX_BLOCKS;
}

int hh_match_init(void) {
  int status = hh_live_init(&hh_matching.live, most_blocks());
  status = status ? status : hh_young_init(&hh_matching.young);
  if (status == 0)
    status = hh_held_init();
  if (status == 0)
    status = hh_culled_init();
  hh_match_follow_mode();
  return status ? status : hh_encoder_init(&hh_matching.encoder);
}

void hh_match_inherited(void) {
  hh_matching.inherited = true;
}

void hh_match_clear(void) {
  hh_live_clear(&hh_matching.live);
  hh_young_clear(&hh_matching.young);
  hh_matching.gaps = false;
  hh_matching.totals = (hh_totals){0};
  hh_matching.losses = (hh_losses){.count = {0}};
  hh_matching.allocations = 0;
  hh_matching.block_open = false;
  hh_matching.disorder.parked_count = hh_matching.disorder.early_count = 0;
  hh_matching.periods.count = 0;
  hh_matching.cull.held = 0;
  hh_held_clear();
  hh_culled_clear();
}

/* ---- deallocations */

static void encode_free(const hh_live_block *block, uint64_t time, uint32_t thread, uint32_t free_stack) {
  uint64_t ticks = time >> HH_BLOCK_TICK_SHIFT;
  hh_match_see(ticks);
  uint64_t number = block->number;
  if (hh_is_held(number))
    number = hh_held_send(block);
  uint64_t sample_bytes = hh_periods_at(&hh_matching.periods, number);
  hh_match_see(ticks);
  hh_count_deallocation(&hh_matching.totals, block->size, sample_bytes, ticks);
  hh_encoded_free coded = {
      .ticks = ticks,
      .key = block->key,
      .size = block->size,
      .sample_bytes = sample_bytes,
      .number = number,
      .allocated_ticks = block->time >> HH_BLOCK_TICK_SHIFT,
      .stack = block->stack,
      .thread = thread,
      .free_stack = free_stack,
  };
  hh_match_put_free(&coded);
}

/* The block certainly ended before its address was handed out again. */
static void give_up_parked(void) {
  hh_parked_block lost;
  while (hh_disorder_give_up_parked(&hh_matching.disorder, &lost)) {
    hh_matching.gaps = true;
    if (lost.block.time >= hh_mode_woken_at()) /* else nobody recorded it */
      hh_losses_add(&hh_matching.losses, HH_LOSS_MISSED_FREE, 1, lost.block.size);
    encode_free(&lost.block, lost.reused_at, lost.thread, 0);
  }
}

static HH_COLD void park(const hh_live_block *block, uint64_t reused_at, uint32_t thread) {
  hh_disorder_park(&hh_matching.disorder, block, reused_at, thread);
  give_up_parked();
}

static bool take_mapped(uint64_t key, uint64_t time, hh_live_block *block) {
  map_visits++;
  uint64_t slot = hh_live_find(&hh_matching.live, key);
  if (HH_UNLIKELY(slot == HH_LIVE_NONE))
    return false;
  hh_live_get(&hh_matching.live, slot, block);
  if (HH_UNLIKELY(block->time > time + HH_DOUBT))
    return false; /* another thread's block by now; ours is parked */
  hh_live_block older;
  if (HH_UNLIKELY(hh_matching.disorder.parked_count) && time < block->time + HH_DOUBT &&
      hh_disorder_take_parked(&hh_matching.disorder, key, time, &older)) {
    *block = older; /* in doubt the one before */
    return true;
  }
  hh_live_remove(&hh_matching.live, slot, block);
  return true;
}

/* The deallocation is of another thread than the allocation and about as old: is there an older block? */
static HH_COLD bool take_in_doubt(hh_live_block *slot, uint64_t time, hh_live_block *block) {
  uint64_t key = slot->key;
  if (take_mapped(key, time, block) || hh_disorder_take_parked(&hh_matching.disorder, key, time, block))
    return true;
  if (slot->time > time + HH_DOUBT)
    return false;
  hh_young_take(&hh_matching.young, slot, block);
  return true;
}

HH_INLINE bool take_live(uint64_t key, uint64_t time, uint32_t thread, hh_live_block *block) {
  hh_live_block *slot = hh_young_slot(&hh_matching.young, key);
  if (slot->key != key)
    return take_mapped(key, time, block);
  if (HH_UNLIKELY(slot->thread != thread && time < slot->time + HH_DOUBT))
    return take_in_doubt(slot, time, block);
  hh_young_take(&hh_matching.young, slot, block);
  return true;
}

static void give_up_early(void) {
  hh_event unknown;
  while (hh_disorder_give_up_early(&hh_matching.disorder, &unknown))
    if (!hh_matching.inherited)
      hh_losses_add(&hh_matching.losses, hh_mode_was_partial() ? HH_LOSS_UNRECORDED_FREE : HH_LOSS_UNKNOWN_FREE, 1, 0);
}

static HH_COLD void wait_for_allocation(const hh_event *event) {
  event->thread->last_freed = 0;
  hh_disorder_wait(&hh_matching.disorder, event);
  give_up_early();
}

static void end_block_of(const hh_event *event, const hh_live_block *block, uint64_t time) {
  hh_live_block ended = *block;
  if (hh_is_held(ended.number)) {
    if (hh_held_end(event, block, time)) {
      event->thread->last_freed = 0;
      hh_match_see(time >> HH_BLOCK_TICK_SHIFT);
      hh_count_deallocation(&hh_matching.totals, block->size, 0, time >> HH_BLOCK_TICK_SHIFT);
      return;
    }
    ended.number = hh_held_send(block);
  }
  event->thread->last_freed = ended.number;
  uint32_t free_stack = hh_ring_free_stacks ? hh_match_stack(event->stack) : 0;
  encode_free(&ended, time, event->thread_number, free_stack);
}

static void deallocation(const hh_event *event) {
  hh_live_block block;
  if (HH_LIKELY(take_live(event->key, event->time, event->thread_number, &block)) ||
      hh_disorder_take_parked(&hh_matching.disorder, event->key, event->time, &block))
    end_block_of(event, &block, event->time);
  else
    wait_for_allocation(event);
}

/* If this allocation's deallocation came first. */
static HH_COLD void end_early(const hh_event *allocated) {
  hh_event early;
  hh_live_block block;
  if (hh_disorder_take_early(&hh_matching.disorder, allocated->key, allocated->time, allocated->thread, &early) &&
      take_live(allocated->key, allocated->time, allocated->thread_number, &block))
    end_block_of(&early, &block, allocated->time);
}

/* ---- into the live blocks */

/* When the map is full the deallocation will be an unknown one. */
static void map(const hh_live_block *block) {
  map_visits++;
  uint64_t slot = hh_live_find(&hh_matching.live, block->key);
  if (HH_UNLIKELY(slot != HH_LIVE_NONE)) {
    hh_live_block present;
    hh_live_get(&hh_matching.live, slot, &present);
    if (present.time > block->time) {
      park(block, present.time, block->thread);
      return;
    }
    hh_live_remove(&hh_matching.live, slot, &present);
    park(&present, block->time, block->thread);
  }
  if (HH_UNLIKELY(!hh_live_insert(&hh_matching.live, block)) && hh_is_held(block->number))
    hh_held_send(block);
}

/* As long as no deallocation is missed, an address that is handed out again is not in the map; a look now and then
 * tells when that has changed. The time's low bits choose, so that the line can be asked for ahead. */
HH_INLINE bool wants_look(uint64_t time) {
  enum { ONE_IN = 16 };
  return HH_UNLIKELY(hh_matching.gaps) || time % ONE_IN == 0;
}

static void insert(const hh_live_block *block) {
  hh_live_block *slot = hh_young_slot(&hh_matching.young, block->key), older;
  if (slot->key) {
    hh_young_take(&hh_matching.young, slot, &older);
    map(&older);
  }
  if (wants_look(block->time) && hh_live_find(&hh_matching.live, block->key) != HH_LIVE_NONE)
    map(block);
  else
    hh_young_put(&hh_matching.young, slot, block);
}

/* Those that are not hh_matching.young any more, by their time, move to the map. */
void hh_match_map_older_than(uint64_t time) {
  hh_live_block block;
  for (uint32_t hand = 0; hh_young_take_old(&hh_matching.young, &hand, time, &block);)
    map(&block);
}

void hh_match_pass_ended(void) {
  hh_matching.disorder.pass++;
  give_up_parked();
  give_up_early();
  hh_match_follow_mode();
}

/* ---- allocations */

/* Number of the block that a realloc's allocation replaced, 0 = unknown. */
HH_INLINE uint64_t replaced_by(const hh_event *event) {
  if (HH_LIKELY(event->kind != HH_KIND_REALLOC))
    return 0;
  hh_thread *thread = event->thread;
  if (HH_UNLIKELY(thread->chain)) { /* it was held back; this one cannot be */
    uint32_t chain = thread->chain;
    thread->chain = 0;
    return hh_held_send_chain(chain);
  }
  return thread->last_freed;
}

static void hold_back(const hh_event *event, const hh_live_block *block) {
  uint64_t ticks = event->time >> HH_BLOCK_TICK_SHIFT;
  hh_match_see(ticks);
  hh_matching.totals.counted.partial = true;
  hh_count_allocation(&hh_matching.totals, event->size, 0, ticks);
  insert(block);
}

static void send(const hh_event *event, hh_live_block *block) {
  uint64_t ticks = event->time >> HH_BLOCK_TICK_SHIFT;
  uint64_t replaced = replaced_by(event);
  hh_match_see(ticks);
  hh_count_allocation(&hh_matching.totals, event->size, event->sample_bytes, ticks);
  block->number = ++hh_matching.allocations;
  if (HH_UNLIKELY(event->sample_bytes != hh_periods_newest(&hh_matching.periods)))
    hh_periods_begin(&hh_matching.periods, block->number, event->sample_bytes);
  hh_encoded_allocation coded = {
      .ticks = ticks,
      .key = event->key,
      .size = event->size,
      .number = block->number,
      .replaced = replaced,
      .sample_bytes = event->sample_bytes,
      .thread = event->thread_number,
      .stack = block->stack,
      .kind = event->kind,
      .align_log2 = event->align_log2,
  };
  hh_match_put_allocation(&coded);
  insert(block); /* may encode a lost deallocation: numbers must be given by then */
}

static void allocation(const hh_event *event) {
  hh_live_block block = {.key = event->key,
                         .time = event->time,
                         .size = event->size,
                         .stack = hh_match_stack(event->stack),
                         .thread = event->thread_number};
  if (hh_matching.cull.on && (block.number = hh_held_hold(event)))
    hold_back(event, &block);
  else
    send(event, &block);
  if (HH_UNLIKELY(hh_matching.disorder.early_count))
    end_early(event);
}

/* The slots were asked for when the events were read; now ask for what they lead to, level by level. */
static void prefetch(const hh_event *events, uint32_t count) {
  uint64_t mapped[HH_MATCH_BATCH], evicted[HH_MATCH_BATCH];
  uint32_t mapped_count = 0, evicted_count = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint64_t key = events[i].key, there = hh_young_slot(&hh_matching.young, key)->key;
    if (events[i].allocation) {
      hh_encoder_prefetch(&hh_matching.encoder, hh_stack_numbers_peek(events[i].stack));
      if (wants_look(events[i].time))
        hh_live_prefetch_line(&hh_matching.live, key);
    }
    if (there == key)
      continue;
    if (!events[i].allocation)
      mapped[mapped_count++] = key;
    else if (there)
      evicted[evicted_count++] = there;
  }
  for (uint32_t i = 0; i < evicted_count; i++)
    hh_live_prefetch_line(&hh_matching.live, evicted[i]);
  for (uint32_t i = 0; i < mapped_count; i++)
    hh_live_prefetch_line(&hh_matching.live, mapped[i]);
  for (uint32_t i = 0; i < mapped_count; i++)
    hh_live_prefetch_record(&hh_matching.live, mapped[i]);
  for (uint32_t i = 0; i < evicted_count; i++)
    hh_live_prefetch_past(&hh_matching.live, evicted[i]);
  HH_HAS_EFFECT();
}

void hh_match_prefetch(const hh_event *event) {
  if (!fetch_ahead)
    return;
  __builtin_prefetch(hh_young_slot(&hh_matching.young, event->key), 1);
  if (event->allocation)
    hh_stack_numbers_prefetch(event->stack);
  HH_HAS_EFFECT();
}

/* Asking ahead costs 20 ns per pair, for nothing where the hh_matching.young blocks are enough and the stacks are few.
 */
static bool is_worth_fetching_ahead(uint32_t events) {
  enum { ONE_IN = 16, MANY_STACKS = 2048 };
  bool worth = map_visits * ONE_IN > events || hh_stack_numbers_count() > MANY_STACKS;
  map_visits = 0;
  return worth;
}

void hh_match_batch(const hh_event *batch, uint32_t count) {
  if (fetch_ahead)
    prefetch(batch, count);
  for (uint32_t i = 0; i < count; i++) {
    if (batch[i].allocation)
      allocation(&batch[i]);
    else
      deallocation(&batch[i]);
  }
  fetch_ahead = is_worth_fetching_ahead(count);
}
