#include "match.h"

#include <errno.h>

#include "arena.h"
#include "block.h"
#include "chunks.h"
#include "dictionary.h"
#include "disorder.h"
#include "encoder.h"
#include "live_map.h"
#include "losses.h"
#include "ring.h"
#include "stack_numbers.h"
#include "sys/sys.h"
#include "young.h"

enum { MAX_BLOCKS = (1 << 27) - 1 };

static hh_young young;
static hh_live_map live;
static hh_encoder encoder;
static hh_totals totals;
static hh_losses losses;
static uint64_t allocations; /* number of the newest one */
static uint64_t block_began_ns;
static bool block_open, inherited;
static bool gaps; /* deallocations were missed: from now on every allocation looks whether its address is still live */
static hh_disorder disorder;

/* Address space for the map is only reserved, but where the program has a limit for it we take a small part. */
static uint32_t most_blocks(void) {
  enum { BYTES_PER_BLOCK = 40, PART = 16 };
  uint64_t blocks = hh_sys_address_space_limit() / PART / BYTES_PER_BLOCK;
  return blocks < MAX_BLOCKS ? (uint32_t)blocks : MAX_BLOCKS;
}

int hh_match_init(void) {
  int status = hh_live_init(&live, most_blocks());
  status = status ? status : hh_young_init(&young);
  return status ? status : hh_encoder_init(&encoder);
}

void hh_match_inherited(void) {
  inherited = true;
}

void hh_match_clear(void) {
  hh_live_clear(&live);
  hh_young_clear(&young);
  gaps = false;
  totals = (hh_totals){0};
  losses = (hh_losses){.count = {0}};
  allocations = 0;
  block_open = false;
  disorder.parked_count = disorder.early_count = 0;
}

/* ---- blocks */

static void begin_block(uint64_t ticks) {
  hh_encoder_begin(&encoder, ticks, allocations + 1);
  block_began_ns = hh_sys_monotonic_ns();
  block_open = true;
  totals.peak_live_bytes = totals.live_bytes;
  totals.peak_ticks = ticks;
}

static void end_block(void) {
  hh_losses_gather(&losses);
  gaps = gaps || losses.count[HH_LOSS_RING_FULL] || losses.count[HH_LOSS_BUSY];
  totals.live_allocations = young.count + live.count + disorder.parked_count;
  totals.profiler_bytes = hh_pages_bytes() + hh_live_bytes(&live) + hh_chunks_bytes() + hh_stack_numbers_bytes() +
                          hh_encoder_bytes(&encoder);
  hh_block_close(&encoder, &totals, &losses);
  block_open = false;
}

static bool losses_pending(void) {
  for (int kind = 1; kind < HH_LOSS_KINDS; kind++)
    if (losses.count[kind])
      return true;
  return false;
}

void hh_match_close_block(uint64_t age_ns) {
  if (!block_open) {
    if (age_ns)
      return;
    hh_losses_gather(&losses);
    if (!losses_pending() && !hh_dictionary_pending())
      return;
    begin_block(hh_ring_ticks() >> HH_BLOCK_TICK_SHIFT);
  }
  if (age_ns == 0 || hh_sys_monotonic_ns() - block_began_ns >= age_ns)
    end_block();
}

HH_INLINE void count_event(uint64_t ticks) {
  if (HH_UNLIKELY(!block_open))
    begin_block(ticks);
}

/* ---- what a block says about an event */

/* The stack's definition would not fit into the current block: close it, which defines what came before. */
static HH_COLD uint32_t stack_beyond_limit(uint32_t node) {
  while (node >= hh_dictionary_node_limit() || hh_stack_numbers_count() + 2 >= hh_dictionary_stack_limit()) {
    uint32_t limit_before = hh_dictionary_node_limit() + hh_dictionary_stack_limit();
    hh_match_close_block(0);
    if (hh_dictionary_node_limit() + hh_dictionary_stack_limit() == limit_before) {
      hh_losses_add(&losses, HH_LOSS_NO_STACK, 1, 0); /* the spool is full */
      return 0;
    }
  }
  return hh_stack_number(node);
}

HH_INLINE uint32_t stack_number(uint32_t node) {
  if (HH_UNLIKELY(node >= hh_dictionary_node_limit() || hh_stack_numbers_count() + 2 >= hh_dictionary_stack_limit()))
    return stack_beyond_limit(node);
  uint32_t number = hh_stack_number(node);
  if (HH_UNLIKELY(!number && node))
    hh_losses_add(&losses, HH_LOSS_STACK_TABLE_FULL, 1, 0);
  return number;
}

/* ---- deallocations */

static void encode_free(const hh_live_block *block, uint64_t time, uint32_t thread, uint32_t free_stack) {
  count_event(time >> HH_BLOCK_TICK_SHIFT);
  totals.live_bytes -= block->size;
  totals.freed_bytes += block->size;
  hh_encoded_free coded = {
      .ticks = time >> HH_BLOCK_TICK_SHIFT,
      .key = block->key,
      .size = block->size,
      .number = block->number,
      .allocated_ticks = block->time >> HH_BLOCK_TICK_SHIFT,
      .stack = block->stack,
      .thread = thread,
      .free_stack = free_stack,
  };
  hh_encode_free(&encoder, &coded, hh_ring_free_stacks);
  if (HH_UNLIKELY(hh_encoder_full(&encoder)))
    end_block();
}

/* The block certainly ended before its address was handed out again. */
static void give_up_parked(void) {
  hh_parked_block lost;
  while (hh_disorder_give_up_parked(&disorder, &lost)) {
    gaps = true;
    hh_losses_add(&losses, HH_LOSS_MISSED_FREE, 1, lost.block.size);
    encode_free(&lost.block, lost.reused_at, lost.thread, 0);
  }
}

static HH_COLD void park(const hh_live_block *block, uint64_t reused_at, uint32_t thread) {
  hh_disorder_park(&disorder, block, reused_at, thread);
  give_up_parked();
}

static bool take_mapped(uint64_t key, uint64_t time, hh_live_block *block) {
  uint64_t slot = hh_live_find(&live, key);
  if (HH_UNLIKELY(slot == HH_LIVE_NONE))
    return false;
  hh_live_get(&live, slot, block);
  if (HH_UNLIKELY(block->time > time + HH_DOUBT))
    return false; /* another thread's block by now; ours is parked */
  hh_live_block older;
  if (HH_UNLIKELY(disorder.parked_count) && time < block->time + HH_DOUBT &&
      hh_disorder_take_parked(&disorder, key, time, &older)) {
    *block = older; /* in doubt the one before */
    return true;
  }
  hh_live_remove(&live, slot, block);
  return true;
}

/* The deallocation is of another thread than the allocation and about as old: is there an older block? */
static HH_COLD bool take_in_doubt(hh_live_block *slot, uint64_t time, hh_live_block *block) {
  uint64_t key = slot->key;
  if (take_mapped(key, time, block) || hh_disorder_take_parked(&disorder, key, time, block))
    return true;
  if (slot->time > time + HH_DOUBT)
    return false;
  hh_young_take(&young, slot, block);
  return true;
}

HH_INLINE bool take_live(uint64_t key, uint64_t time, uint32_t thread, hh_live_block *block) {
  hh_live_block *slot = hh_young_slot(&young, key);
  if (slot->key != key)
    return take_mapped(key, time, block);
  if (HH_UNLIKELY(slot->thread != thread && time < slot->time + HH_DOUBT))
    return take_in_doubt(slot, time, block);
  hh_young_take(&young, slot, block);
  return true;
}

static void give_up_early(void) {
  hh_event unknown;
  while (hh_disorder_give_up_early(&disorder, &unknown))
    if (!inherited)
      hh_losses_add(&losses, HH_LOSS_UNKNOWN_FREE, 1, 0);
}

static HH_COLD void wait_for_allocation(const hh_event *event) {
  event->thread->last_freed = 0;
  hh_disorder_wait(&disorder, event);
  give_up_early();
}

static void end_block_of(const hh_event *event, const hh_live_block *block, uint64_t time) {
  event->thread->last_freed = block->number;
  uint32_t free_stack = hh_ring_free_stacks ? stack_number(event->stack) : 0;
  encode_free(block, time, event->thread_number, free_stack);
}

static void deallocation(const hh_event *event) {
  hh_live_block block;
  if (HH_LIKELY(take_live(event->key, event->time, event->thread_number, &block)) ||
      hh_disorder_take_parked(&disorder, event->key, event->time, &block))
    end_block_of(event, &block, event->time);
  else
    wait_for_allocation(event);
}

/* If this allocation's deallocation came first. */
static HH_COLD void end_early(const hh_event *allocated) {
  hh_event early;
  hh_live_block block;
  if (hh_disorder_take_early(&disorder, allocated->key, allocated->time, allocated->thread, &early) &&
      take_live(allocated->key, allocated->time, allocated->thread_number, &block))
    end_block_of(&early, &block, allocated->time);
}

void hh_match_pass_ended(void) {
  disorder.pass++;
  give_up_parked();
  give_up_early();
}

/* ---- allocations */

static void map(const hh_live_block *block) {
  uint64_t slot = hh_live_find(&live, block->key);
  if (HH_UNLIKELY(slot != HH_LIVE_NONE)) {
    hh_live_block present;
    hh_live_get(&live, slot, &present);
    if (present.time > block->time) {
      park(block, present.time, block->thread);
      return;
    }
    hh_live_remove(&live, slot, &present);
    park(&present, block->time, block->thread);
  }
  hh_live_insert(&live, block); /* when it is full the deallocation will be an unknown one */
}

/* As long as no deallocation is missed, an address that is handed out again is not in the map; a look now and then
 * tells when that has changed. */
HH_INLINE bool wants_look(uint64_t number) {
  enum { EVERY = 16 };
  return HH_UNLIKELY(gaps) || number % EVERY == 0;
}

HH_INLINE void insert(const hh_live_block *block) {
  hh_live_block *slot = hh_young_slot(&young, block->key), older;
  if (slot->key) {
    hh_young_take(&young, slot, &older);
    map(&older);
  }
  if (wants_look(block->number) && hh_live_find(&live, block->key) != HH_LIVE_NONE)
    map(block);
  else
    hh_young_put(&young, slot, block);
}

static void allocation(const hh_event *event) {
  uint32_t stack = stack_number(event->stack), thread = event->thread_number;
  uint64_t ticks = event->time >> HH_BLOCK_TICK_SHIFT;
  hh_live_block block = {.key = event->key,
                         .time = event->time,
                         .size = event->size,
                         .stack = stack,
                         .number = allocations + 1,
                         .thread = thread};
  insert(&block); /* may encode a lost deallocation, and so begin another block */
  count_event(ticks);
  hh_encoded_allocation coded = {
      .ticks = ticks,
      .key = event->key,
      .size = event->size,
      .number = ++allocations,
      .replaced = event->kind == HH_KIND_REALLOC ? event->thread->last_freed : 0,
      .thread = thread,
      .stack = stack,
      .kind = event->kind,
      .align_log2 = event->align_log2,
  };
  totals.allocated_bytes += event->size;
  totals.live_bytes += event->size;
  if (totals.live_bytes > totals.peak_live_bytes) {
    totals.peak_live_bytes = totals.live_bytes;
    totals.peak_ticks = ticks;
  }
  hh_encode_allocation(&encoder, &coded);
  if (HH_UNLIKELY(hh_encoder_full(&encoder)))
    end_block();
  if (HH_UNLIKELY(disorder.early_count))
    end_early(event);
}

/* The slots were asked for when the events were read; now ask for what they lead to, level by level. */
static void prefetch(const hh_event *events, uint32_t count) {
  uint64_t mapped[HH_MATCH_BATCH];
  uint32_t mapped_count = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint64_t key = events[i].key, there = hh_young_slot(&young, key)->key;
    if (events[i].allocation)
      hh_encoder_prefetch(&encoder, hh_stack_numbers_peek(events[i].stack));
    if (there == key)
      continue;
    if (!events[i].allocation)
      mapped[mapped_count++] = key;
    else if (there)
      hh_live_prefetch_line(&live, there);
  }
  for (uint32_t i = 0; i < mapped_count; i++)
    hh_live_prefetch_line(&live, mapped[i]);
  for (uint32_t i = 0; i < mapped_count; i++)
    hh_live_prefetch_record(&live, mapped[i]);
}

void hh_match_prefetch(const hh_event *event) {
  __builtin_prefetch(hh_young_slot(&young, event->key), 1);
  if (event->allocation)
    hh_stack_numbers_prefetch(event->stack);
}

void hh_match_batch(const hh_event *batch, uint32_t count) {
  prefetch(batch, count);
  for (uint32_t i = 0; i < count; i++) {
    if (batch[i].allocation)
      allocation(&batch[i]);
    else
      deallocation(&batch[i]);
  }
}
