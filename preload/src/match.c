#include "match.h"

#include <errno.h>

#include "arena.h"
#include "block.h"
#include "calls.h"
#include "chunks.h"
#include "culled.h"
#include "dictionary.h"
#include "disorder.h"
#include "encoder.h"
#include "held.h"
#include "live_map.h"
#include "losses.h"
#include "mode.h"
#include "notes.h"
#include "options.h"
#include "periods.h"
#include "ring.h"
#include "sample_math.h"
#include "sample_set.h"
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
static uint32_t map_visits; /* of this batch */
static bool fetch_ahead = true;
static bool gaps; /* deallocations were missed: from now on every allocation looks whether its address is still live */
static hh_disorder disorder;
static hh_periods periods;
static hh_activity activity;

/* Culling. Times in ring ticks. */
static struct {
  bool on;
  uint64_t threshold;
  double ns_per_tick;
  uint64_t held; /* blocks, and dead ones of their chains */
  uint32_t hand; /* of the sweep: the next record */
  uint64_t swept_at;
} cull;

static void follow_mode(void);

/* Address space for the map is only reserved, but where the program has a limit for it we take a small part. */
static uint32_t most_blocks(void) {
  enum { BYTES_PER_BLOCK = 40, PART = 16 };
  uint64_t blocks = hh_sys_address_space_limit() / PART / BYTES_PER_BLOCK;
  return blocks < MAX_BLOCKS ? (uint32_t)blocks : MAX_BLOCKS;
}

int hh_match_init(void) {
  int status = hh_live_init(&live, most_blocks());
  status = status ? status : hh_young_init(&young);
  if (status == 0)
    status = hh_held_init();
  if (status == 0)
    status = hh_culled_init();
  follow_mode();
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
  periods.count = 0;
  cull.held = 0;
  hh_held_clear();
  hh_culled_clear();
}

/* ---- blocks */

static void begin_block(uint64_t ticks) {
  hh_encoder_begin(&encoder, ticks, allocations + 1);
  block_began_ns = hh_sys_monotonic_ns();
  block_open = true;
  totals.peak_live_bytes = totals.live_bytes;
  totals.peak_ticks = ticks;
  hh_counted *counted = &totals.counted;
  counted->partial = counted->sampled = counted->live_bytes_variance > 0;
  counted->start_ticks = counted->end_ticks = ticks;
  counted->allocations = counted->deallocations = 0;
}

static uint64_t live_blocks(void) {
  return young.count + live.count;
}

hh_activity hh_match_activity(void) {
  return activity;
}

static void end_block(void) {
  activity.recorded += encoder.events + 2.0 * (double)hh_culled_allocations();
  activity.happened += totals.counted.allocations + totals.counted.deallocations;
  hh_losses_gather(&losses);
  gaps = gaps || losses.count[HH_LOSS_RING_FULL] || losses.count[HH_LOSS_BUSY];
  double live_extra = totals.counted.live_extra;
  totals.live_allocations = live_blocks() + disorder.parked_count + (live_extra > 0 ? (uint64_t)(live_extra + 0.5) : 0);
  totals.profiler_bytes = hh_pages_bytes() + hh_live_bytes(&live) + hh_chunks_bytes() + hh_stack_numbers_bytes() +
                          hh_encoder_bytes(&encoder) + hh_held_bytes() + hh_culled_bytes_held() + hh_sample_set_bytes();
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
    if (age_ns && !hh_notes_pending() && !hh_calls_pending())
      return;
    hh_losses_gather(&losses);
    if (!losses_pending() && !hh_dictionary_pending() && !hh_notes_pending() && !hh_calls_pending())
      return;
    begin_block(hh_ring_ticks() >> HH_BLOCK_TICK_SHIFT);
  }
  if (age_ns == 0 || hh_calls_urgent() || hh_sys_monotonic_ns() - block_began_ns >= age_ns)
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
  uint32_t known = hh_stack_numbers_peek(node);
  if (HH_LIKELY(known))
    return known;
  if (HH_UNLIKELY(node >= hh_dictionary_node_limit() || hh_stack_numbers_count() + 2 >= hh_dictionary_stack_limit()))
    return stack_beyond_limit(node);
  uint32_t number = hh_stack_number(node);
  if (HH_UNLIKELY(!number && node))
    hh_losses_add(&losses, HH_LOSS_STACK_TABLE_FULL, 1, 0);
  return number;
}

/* ---- figures */

/* What the event stands for. For what was recorded for certain that is itself. */
typedef struct amount {
  uint64_t bytes;
  double count, bytes_variance, count_variance;
} amount;

static HH_COLD amount sampled_amount(uint64_t size, uint64_t sample_bytes) {
  double weight = hh_sample_weight(size, sample_bytes), bytes = (double)size * weight, missed = 1 - 1 / weight;
  totals.counted.sampled = totals.counted.partial = true;
  return (amount){
      .bytes = (uint64_t)(bytes + 0.5),
      .count = weight,
      .bytes_variance = bytes * bytes * missed,
      .count_variance = weight * weight * missed,
  };
}

HH_INLINE amount amount_of(uint64_t size, uint64_t sample_bytes) {
  return HH_LIKELY(!sample_bytes) ? (amount){.bytes = size, .count = 1} : sampled_amount(size, sample_bytes);
}

/* Sums of rounded figures may end just below zero. */
HH_INLINE void add_live(const amount *of, double sign) {
  hh_counted *counted = &totals.counted;
  counted->live_extra += sign * (of->count - 1);
  counted->live_bytes_variance += sign * of->bytes_variance;
  counted->live_variance += sign * of->count_variance;
  if (counted->live_bytes_variance < 1)
    counted->live_bytes_variance = counted->live_variance = 0;
}

HH_INLINE void see_time(uint64_t ticks) {
  if (ticks > totals.counted.end_ticks)
    totals.counted.end_ticks = ticks;
}

static void count_allocation(uint64_t size, uint64_t sample_bytes, uint64_t ticks) {
  amount of = amount_of(size, sample_bytes);
  see_time(ticks);
  totals.counted.allocations += of.count;
  totals.allocated_bytes += of.bytes;
  totals.live_bytes += of.bytes;
  if (HH_UNLIKELY(sample_bytes))
    add_live(&of, 1);
  if (totals.live_bytes > totals.peak_live_bytes) {
    totals.peak_live_bytes = totals.live_bytes;
    totals.peak_ticks = ticks;
  }
}

static void count_deallocation(uint64_t size, uint64_t sample_bytes, uint64_t ticks) {
  amount of = amount_of(size, sample_bytes);
  see_time(ticks);
  totals.counted.deallocations += of.count;
  totals.freed_bytes += of.bytes;
  totals.live_bytes -= of.bytes;
  if (HH_UNLIKELY(sample_bytes))
    add_live(&of, -1);
}

/* ---- into the block */

HH_INLINE void put_allocation(const hh_encoded_allocation *coded) {
  hh_encode_allocation(&encoder, coded);
  if (HH_UNLIKELY(hh_encoder_full(&encoder)))
    end_block();
}

static void put_free(const hh_encoded_free *coded) {
  hh_encode_free(&encoder, coded, hh_ring_free_stacks);
  if (HH_UNLIKELY(hh_encoder_full(&encoder)))
    end_block();
}

/* ---- what was held back */

/* A new block may have to begin for what happened long ago: it begins now. */
static void open_block(void) {
  if (!block_open)
    begin_block(hh_ring_ticks() >> HH_BLOCK_TICK_SHIFT);
}

/* Sends the allocation. Its bytes were counted when it was made. */
static uint64_t send_held(const hh_held *is, uint64_t replaced) {
  open_block();
  totals.counted.partial = true;
  hh_encoded_allocation coded = {
      .ticks = is->time >> HH_BLOCK_TICK_SHIFT,
      .key = is->key,
      .size = is->size,
      .number = ++allocations,
      .replaced = replaced,
      .thread = is->thread,
      .stack = is->stack,
      .kind = is->kind,
      .align_log2 = is->align_log2,
  };
  cull.held--;
  put_allocation(&coded);
  return coded.number;
}

/* Sends what reallocs replaced one after the other. The newest one's number. */
static uint64_t send_chain(uint32_t newest) {
  uint64_t number = 0;
  for (uint32_t note = hh_held_oldest_first(newest); note;) {
    hh_held dead = hh_held_take_note(note);
    number = send_held(&dead, number);
    open_block();
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
    put_free(&coded);
    note = dead.before;
  }
  return number;
}

static uint64_t send_held_block(const hh_live_block *block) {
  hh_held is = hh_held_take(block);
  return send_held(&is, is.before ? send_chain(is.before) : 0);
}

static void cull_one(const hh_held *is) {
  open_block();
  totals.counted.partial = true;
  cull.held--;
  hh_culled_count(is->stack, is->size, (uint64_t)((double)(is->freed_at - is->time) * cull.ns_per_tick));
  if (HH_UNLIKELY(hh_culled_full()))
    end_block();
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
static bool end_held(const hh_event *event, const hh_live_block *block, uint64_t time) {
  if ((int64_t)(time - hh_held_root_time(block)) >= (int64_t)cull.threshold || (event->moved && !hh_held_room()))
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
  is.free_stack = hh_ring_free_stacks ? stack_number(event->stack) : 0;
  event->thread->chain = hh_held_keep(&is);
  return true;
}

/* ---- deallocations */

static void encode_free(const hh_live_block *block, uint64_t time, uint32_t thread, uint32_t free_stack) {
  uint64_t ticks = time >> HH_BLOCK_TICK_SHIFT;
  count_event(ticks);
  uint64_t number = block->number;
  if (hh_is_held(number))
    number = send_held_block(block);
  uint64_t sample_bytes = hh_periods_at(&periods, number);
  count_event(ticks);
  count_deallocation(block->size, sample_bytes, ticks);
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
  put_free(&coded);
}

/* The block certainly ended before its address was handed out again. */
static void give_up_parked(void) {
  hh_parked_block lost;
  while (hh_disorder_give_up_parked(&disorder, &lost)) {
    gaps = true;
    if (lost.block.time >= hh_mode_woken_at()) /* else nobody recorded it */
      hh_losses_add(&losses, HH_LOSS_MISSED_FREE, 1, lost.block.size);
    encode_free(&lost.block, lost.reused_at, lost.thread, 0);
  }
}

static HH_COLD void park(const hh_live_block *block, uint64_t reused_at, uint32_t thread) {
  hh_disorder_park(&disorder, block, reused_at, thread);
  give_up_parked();
}

static bool take_mapped(uint64_t key, uint64_t time, hh_live_block *block) {
  map_visits++;
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
      hh_losses_add(&losses, hh_mode_was_partial() ? HH_LOSS_UNRECORDED_FREE : HH_LOSS_UNKNOWN_FREE, 1, 0);
}

static HH_COLD void wait_for_allocation(const hh_event *event) {
  event->thread->last_freed = 0;
  hh_disorder_wait(&disorder, event);
  give_up_early();
}

static void end_block_of(const hh_event *event, const hh_live_block *block, uint64_t time) {
  hh_live_block ended = *block;
  if (hh_is_held(ended.number)) {
    if (end_held(event, block, time)) {
      event->thread->last_freed = 0;
      count_event(time >> HH_BLOCK_TICK_SHIFT);
      count_deallocation(block->size, 0, time >> HH_BLOCK_TICK_SHIFT);
      return;
    }
    ended.number = send_held_block(block);
  }
  event->thread->last_freed = ended.number;
  uint32_t free_stack = hh_ring_free_stacks ? stack_number(event->stack) : 0;
  encode_free(&ended, time, event->thread_number, free_stack);
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

/* ---- into the live blocks */

/* When the map is full the deallocation will be an unknown one. */
static void map(const hh_live_block *block) {
  map_visits++;
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
  if (HH_UNLIKELY(!hh_live_insert(&live, block)) && hh_is_held(block->number))
    send_held_block(block);
}

/* As long as no deallocation is missed, an address that is handed out again is not in the map; a look now and then
 * tells when that has changed. */
HH_INLINE bool wants_look(void) {
  enum { ONE_IN = 16 };
  static uint32_t turn;
  return HH_UNLIKELY(gaps) || ++turn % ONE_IN == 0;
}

static void insert(const hh_live_block *block) {
  hh_live_block *slot = hh_young_slot(&young, block->key), older;
  if (slot->key) {
    hh_young_take(&young, slot, &older);
    map(&older);
  }
  if (wants_look() && hh_live_find(&live, block->key) != HH_LIVE_NONE)
    map(block);
  else
    hh_young_put(&young, slot, block);
}

/* Those that are not young any more, by their time, move to the map. */
static void map_older_than(uint64_t time) {
  hh_live_block block;
  for (uint32_t hand = 0; hh_young_take_old(&young, &hand, time, &block);)
    map(&block);
}

/* ---- the mode */

/* Numbers blocks that are old enough: some records of the map at each pass, all of them in an eighth of the threshold.
 */
static void sweep(uint64_t oldest_time, uint64_t records) {
  for (; records && cull.held; records--) {
    if (++cull.hand >= live.records_made) {
      cull.hand = 1;
      map_older_than(oldest_time);
    }
    hh_live_block block;
    if (hh_live_at(&live, cull.hand, &block) && hh_is_held(block.number) && hh_held_root_time(&block) <= oldest_time)
      hh_live_renumber(&live, cull.hand, send_held_block(&block));
  }
}

static void send_survivors(void) {
  enum { PARTS = 8 };
  uint64_t now = hh_ring_ticks(), age = cull.threshold, passed = now - cull.swept_at;
  cull.swept_at = now;
  if (cull.held > hh_options.cull_pending)
    age = (uint64_t)((double)age * (double)hh_options.cull_pending / (double)cull.held);
  double part = (double)passed * PARTS / (double)(cull.threshold + 1);
  uint64_t records = part < 1 ? (uint64_t)(part * live.records_made) + 1 : live.records_made;
  if (now > age)
    sweep(now - age, records);
}

void hh_match_release_held(void) {
  map_older_than(UINT64_MAX);
  sweep(UINT64_MAX, live.records_made);
}

void hh_match_watch_live(void) {
  hh_live_block block;
  map_older_than(UINT64_MAX);
  for (uint32_t record = 1; record < live.records_made; record++)
    if (hh_live_at(&live, record, &block) && !hh_sample_set_add_once((const void *)(uintptr_t)(block.key << 3)))
      hh_losses_add(&losses, HH_LOSS_FORGOTTEN, 1, block.size);
}

/* Nobody will tell when these are freed. */
static void forget_live(void) {
  hh_losses_add(&losses, HH_LOSS_FORGOTTEN, live_blocks(), totals.live_bytes);
}

static void follow_mode(void) {
  static enum hh_mode mode;
  enum hh_mode now = hh_mode_now();
  if (now != mode && now == HH_MODE_DORMANT && live_blocks())
    forget_live();
  mode = now;
  gaps = gaps || hh_mode_was_partial();
  cull.on = now == HH_MODE_CULL;
  if (!cull.on && !cull.held)
    return;
  enum { NS_PER_MS = 1000000 };
  cull.ns_per_tick = hh_clock_calibrate(0).ns_per_tick / (1 << HH_BLOCK_TICK_SHIFT);
  cull.threshold = (uint64_t)((double)hh_mode_cull_ms() * NS_PER_MS / cull.ns_per_tick);
  send_survivors();
}

void hh_match_pass_ended(void) {
  disorder.pass++;
  give_up_parked();
  give_up_early();
  follow_mode();
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
    return send_chain(chain);
  }
  return thread->last_freed;
}

/* The tag of an allocation that is held back, or 0. What replaces a block that was sent is sent, so that the chain
 * stays whole; sizes beyond 32 bits need their number in the map at once. */
static uint64_t hold(const hh_event *event) {
  bool is_realloc = event->kind == HH_KIND_REALLOC;
  if (event->sample_bytes || event->size >= UINT32_MAX || (is_realloc && event->thread->last_freed))
    return 0;
  uint64_t tag = hh_held_tag(event, is_realloc ? event->thread->chain : 0);
  if (tag) {
    cull.held++;
    if (is_realloc)
      event->thread->chain = 0;
  }
  return tag;
}

static void hold_back(const hh_event *event, const hh_live_block *block) {
  uint64_t ticks = event->time >> HH_BLOCK_TICK_SHIFT;
  count_event(ticks);
  totals.counted.partial = true;
  count_allocation(event->size, 0, ticks);
  insert(block);
}

static void send(const hh_event *event, hh_live_block *block) {
  uint64_t ticks = event->time >> HH_BLOCK_TICK_SHIFT;
  uint64_t replaced = replaced_by(event);
  count_event(ticks);
  count_allocation(event->size, event->sample_bytes, ticks);
  block->number = ++allocations;
  if (HH_UNLIKELY(event->sample_bytes != hh_periods_newest(&periods)))
    hh_periods_begin(&periods, block->number, event->sample_bytes);
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
  put_allocation(&coded);
  insert(block); /* may encode a lost deallocation: numbers must be given by then */
}

static void allocation(const hh_event *event) {
  hh_live_block block = {.key = event->key,
                         .time = event->time,
                         .size = event->size,
                         .stack = stack_number(event->stack),
                         .thread = event->thread_number};
  if (cull.on && (block.number = hold(event)))
    hold_back(event, &block);
  else
    send(event, &block);
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
  HH_HAS_EFFECT();
}

void hh_match_prefetch(const hh_event *event) {
  if (!fetch_ahead)
    return;
  __builtin_prefetch(hh_young_slot(&young, event->key), 1);
  if (event->allocation)
    hh_stack_numbers_prefetch(event->stack);
  HH_HAS_EFFECT();
}

/* Asking ahead costs 20 ns per pair, for nothing where the young blocks are enough and the stacks are few. */
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
