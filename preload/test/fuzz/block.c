/* Any events, encoded into two blocks and decoded again by the tests' own decoder: the same events, no rule broken. */
#include "block.h"

#include "clock.h"
#include "compress.h"
#include "culled.h"
#include "dictionary.h"
#include "encoder.h"
#include "fuzz.h"
#include "recording/recording.h"
#include "ring.h"
#include "spool.h"
#include "stack_numbers.h"

enum { MOST_EVENTS = 4000, STACKS = 40, THREADS = 3 };

static hh_encoder encoder;
static rec_allocation made[MOST_EVENTS + 1]; /* by number */
static uint64_t newest, live[MOST_EVENTS], live_count, ticks;

static void begin_once(void) {
  static bool done;
  if (done)
    return;
  done = true;
  HH_MUST(hh_stack_numbers_init() == 0 && hh_dictionary_init() == 0 && hh_compress_init() == 0);
  HH_MUST(hh_encoder_init(&encoder) == 0 && hh_culled_init() == 0 && hh_block_init() == 0);
  HH_MUST(hh_spool_init(64 << 20) == 0);
  for (uint32_t node = 2; node < STACKS + 2; node++)
    hh_stack_number(node);
}

/* Few bytes for what is usual, all of them for what is not. */
static uint64_t take_number(hh_fuzz_bytes *in, unsigned how) {
  switch (how & 3) {
  case 0:
    return hh_fuzz_take(in, 1) % 8 * 16;
  case 1:
    return hh_fuzz_take(in, 1) * 8;
  case 2:
    return hh_fuzz_take(in, 3);
  default:
    return hh_fuzz_take(in, 6);
  }
}

static void allocate(hh_fuzz_bytes *in, unsigned how) {
  rec_allocation *is = &made[++newest];
  *is = (rec_allocation){.size = take_number(in, how >> 1), .ticks = ticks, .thread = how >> 5 & 1 ? 2 : 1};
  is->stack = how & 64 ? (uint32_t)(hh_fuzz_take(in, 1) % (STACKS + 1)) : made[newest - 1].stack;
  is->key = how & 128 ? hh_fuzz_take(in, 5) : made[newest - 1].key + 16;
  unsigned kind = how >> 3 & 3;
  is->kind = (uint8_t)kind;
  is->align_log2 = kind == HH_KIND_ALIGNED ? (uint8_t)(hh_fuzz_take(in, 1) % 64) : 0;
  uint64_t back = kind == HH_KIND_REALLOC ? hh_fuzz_take(in, 1) : 0;
  if (back && back < newest && made[newest - back].freed)
    is->replaced = newest - back;
  hh_encode_allocation(&encoder, &(hh_encoded_allocation){.ticks = ticks,
                                                          .key = is->key,
                                                          .size = is->size,
                                                          .number = newest,
                                                          .replaced = is->replaced,
                                                          .thread = is->thread,
                                                          .stack = is->stack,
                                                          .kind = is->kind,
                                                          .align_log2 = is->align_log2});
  live[live_count++] = newest;
}

static void release(hh_fuzz_bytes *in, unsigned how) {
  if (!live_count)
    return;
  uint64_t at = how & 2 ? hh_fuzz_take(in, 2) % live_count : live_count - 1, number = live[at];
  live[at] = live[--live_count];
  rec_allocation *is = &made[number];
  is->freed = true;
  is->freed_ticks = ticks;
  is->freed_thread = how & 4 ? 3 : 1;
  is->free_stack = hh_ring_free_stacks ? (uint32_t)(how >> 3) % (STACKS + 1) : 0;
  hh_encode_free(&encoder,
                 &(hh_encoded_free){.ticks = ticks,
                                    .key = is->key,
                                    .size = is->size,
                                    .number = number,
                                    .allocated_ticks = is->ticks,
                                    .stack = is->stack,
                                    .thread = is->freed_thread,
                                    .free_stack = is->free_stack},
                 hh_ring_free_stacks);
}

static void encode(hh_fuzz_bytes *in, uint64_t most) {
  hh_encoder_begin(&encoder, ticks, newest + 1);
  for (uint64_t i = 0; i < most && in->at < in->end && newest < MOST_EVENTS; i++) {
    unsigned how = (unsigned)hh_fuzz_take(in, 1), step = (unsigned)hh_fuzz_take(in, 1);
    ticks += step < 250 ? step % 20 : (uint64_t)((int64_t)(hh_fuzz_take(in, 4) << 8) >> 8);
    if (how & 1)
      allocate(in, how);
    else
      release(in, how);
  }
}

static void close_into(recording *decoded) {
  hh_totals totals = {0};
  hh_losses losses;
  memset(&losses, 0, sizeof losses);
  HH_MUST(hh_block_close(&encoder, &totals, &losses));
  const hh_spool_item *item = hh_spool_next(hh_spool_last() - 1);
  HH_MUST(item != NULL);
  decoded->blocks = item->sequence - 1;
  recording_message(decoded, item->message, item->size);
  hh_spool_release(item->sequence);
}

/* What a difference is, for whoever reads the log. */
static void show(const char *name, const rec_allocation *is) {
  fprintf(stderr, "%s: key %llx size %llu ticks %llu stack %u thread %u kind %u %s %llu\n", name,
          (unsigned long long)is->key, (unsigned long long)is->size, (unsigned long long)is->ticks, is->stack,
          is->thread, is->kind, is->freed ? "freed" : "live", (unsigned long long)is->freed_ticks);
}

static void compare(const recording *decoded) {
  HH_MUST(decoded->problems == 0);
  HH_MUST(decoded->allocation_count == newest && newest - decoded->frees == live_count);
  for (uint64_t i = 1; i <= newest; i++) {
    const rec_allocation *is = &decoded->allocations[i], *was = &made[i];
    if (is->key != was->key || is->size != was->size || is->ticks != was->ticks || is->stack != was->stack)
      show("decoded", is), show("encoded", was);
    HH_MUST(is->key == was->key && is->size == was->size && is->ticks == was->ticks && is->stack == was->stack);
    HH_MUST(is->thread == was->thread && is->kind == was->kind && is->align_log2 == was->align_log2);
    HH_MUST(is->replaced == was->replaced && is->freed == was->freed && is->freed_ticks == was->freed_ticks);
    HH_MUST(is->freed_thread == was->freed_thread && is->free_stack == was->free_stack);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  begin_once();
  hh_fuzz_bytes in = {data, data + size};
  hh_ring_free_stacks = hh_fuzz_take(&in, 1) & 1;
  uint64_t in_first = hh_fuzz_take(&in, 2);
  newest = live_count = 0;
  ticks = 1000;
  hh_dictionary_clear();
  recording *decoded = recording_begin();
  decoded->free_stacks = hh_ring_free_stacks;
  encode(&in, in_first);
  if (encoder.events)
    close_into(decoded);
  encode(&in, MOST_EVENTS);
  if (encoder.events)
    close_into(decoded);
  compare(decoded);
  recording_free(decoded);
  return 0;
}
