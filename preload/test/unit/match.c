/* Events go into the matching in a chosen order; the recording that comes out must say what happened. */
#include "match.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "block.h"
#include "check.h"
#include "chunks.h"
#include "clock.h"
#include "compress.h"
#include "dictionary.h"
#include "disorder.h"
#include "recording/recording.h"
#include "spool.h"
#include "stack_numbers.h"
#include "stacks.h"
#include "thread_names.h"
#include "transport/transport.h"

static char path[] = "/tmp/heaphound-match-XXXXXX";
static hh_thread threads[3];

static hh_event event(bool allocation, uint64_t key, uint64_t time, uint32_t thread) {
  return (hh_event){.allocation = allocation,
                    .key = key,
                    .time = time,
                    .size = allocation ? 16 + key % 1000 : 0,
                    .thread = &threads[thread],
                    .thread_number = thread,
                    .stack = allocation ? hh_stacks_root() : 0};
}

static void feed(const hh_event *events, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    hh_match_prefetch(&events[i]);
  hh_match_batch(events, count);
  hh_match_pass_ended();
}

static void begin(void) {
  int file = mkstemp(path);
  close(file);
  unlink(path);
  hh_clock_init();
  int status = hh_chunks_init(1 << 20) | hh_stacks_init() | hh_threads_init() | hh_stack_numbers_init() |
               hh_thread_names_init() | hh_dictionary_init() | hh_compress_init() | hh_match_init() | hh_block_init() |
               hh_spool_init(64 << 20) | hh_transport_file.open(path);
  CHECK("starts", status == 0);
  hh_thread_names_add(getpid());
  hh_thread_names_add(getpid());
}

static recording *end(void) {
  hh_match_close_block(0);
  hh_transport_file.pump();
  hh_transport_file.close();
  recording *r = recording_read(path);
  unlink(path);
  return r;
}

enum { AGAIN = 40, ADDRESSES = 50000, ROUNDS = 400000, FIRST_KEY = 0x10000 };

/* A free of thread 1 arrives behind thread 2's allocation at the same address, a moment after it. */
static void in_doubt(void) {
  const hh_event events[] = {
      event(true, 100, 1000, 1),
      event(true, 100, 5000, 2),
      event(false, 100, 5000 + HH_DOUBT / 2, 1),
      event(false, 100, 9000, 2),
  };
  feed(events, 4);
}

/* Its deallocation never comes; then the address is used again and again. */
static void missed(void) {
  hh_event events[1 + 2 * AGAIN];
  uint32_t count = 0;
  events[count++] = event(true, 200, 10000, 1);
  for (uint32_t i = 1; i <= AGAIN; i++) {
    events[count++] = event(true, 200, 10000 + 1000 * i, 1);
    events[count++] = event(false, 200, 10500 + 1000 * i, 1);
  }
  feed(events, HH_MATCH_BATCH);
  feed(events + HH_MATCH_BATCH, count - HH_MATCH_BATCH);
  for (int pass = 0; pass <= HH_PATIENT_PASSES; pass++)
    hh_match_pass_ended();
}

static uint32_t random_number(uint32_t below) {
  static uint64_t state = 88172645463325252u;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state % below);
}

/* Many addresses, allocated and freed by chance: more than are held in front of the map. Returns how many stay. */
static uint64_t by_chance(uint64_t *live_bytes) {
  static bool live[ADDRESSES];
  uint64_t count = 0, time = 1000000;
  hh_event batch[HH_MATCH_BATCH];
  uint32_t filled = 0;
  *live_bytes = 0;
  for (int i = 0; i < ROUNDS; i++) {
    uint32_t at = random_number(i % 3 ? ADDRESSES : 500);
    live[at] = !live[at];
    hh_event next = event(live[at], FIRST_KEY + 4 * at, time += 10, 1);
    count += live[at] ? 1 : UINT64_MAX;
    uint64_t size = 16 + next.key % 1000;
    *live_bytes += live[at] ? size : -size;
    batch[filled++] = next;
    if (filled == HH_MATCH_BATCH || i == ROUNDS - 1) {
      feed(batch, filled);
      filled = 0;
    }
  }
  return count;
}

int main(void) {
  begin();
  in_doubt();
  missed();
  uint64_t live_bytes, live = by_chance(&live_bytes);
  recording *r = end();
  if (!r)
    return 1;
  CHECK("no rule is broken", r->problems == 0);
  CHECK("in doubt the older block ends first", r->allocations[1].freed && r->allocations[2].freed &&
                                                   r->allocations[1].freed_ticks < r->allocations[2].freed_ticks);
  CHECK("a missed deallocation shows when its address is used again", r->losses[HH_LOSS_MISSED_FREE] == 1);
  CHECK("it is the first block's", r->allocations[3].freed);
  CHECK("every deallocation finds its allocation", r->losses[HH_LOSS_UNKNOWN_FREE] == 0);
  CHECK("what is live", r->live_allocations == live && r->allocation_count - r->frees == live);
  CHECK("how much", r->live_bytes == live_bytes && r->allocated_bytes - r->freed_bytes == live_bytes);
  recording_free(r);
  return hh_check_end();
}
