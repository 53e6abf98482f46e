#include "block.h"

#include <errno.h>

#include "allocators.h"
#include "arena.h"
#include "calls.h"
#include "clock.h"
#include "compress.h"
#include "culled.h"
#include "dictionary.h"
#include "map_sample.h"
#include "memory_sample.h"
#include "notes.h"
#include "pb.h"
#include "process.h"
#include "spool.h"
#include "sys/sys.h"

enum { MAX_MESSAGE = 8 << 20 };
enum { CLIENT_MESSAGE_BLOCK = 3 };
enum {
  SEQUENCE = 1,
  EVENT_COUNT = 2,
  ALLOCATION_COUNT = 3,
  FIRST_ALLOCATION = 4,
  CLOCK = 5,
  DICTIONARY = 6,
  COLUMNS = 7,
  TOTALS = 8,
  LOSSES = 9,
  MEMORY = 10,
  MODE_CHANGES = 11,
  MARKERS = 12,
  COUNTED = 13,
  CALLS = 20,
  MAPS = 21,
  ALLOCATORS = 22,
};
enum { COMPRESSION_ZSTD = 1 };

static uint8_t *message;
static hh_memory_sample memory;

int hh_block_init(void) {
  message = hh_pages_reserve(MAX_MESSAGE, "heaphound message");
  return message ? hh_map_sample_init() : -ENOMEM;
}

static void put_clock(hh_pb *pb, uint64_t base_ticks) {
  hh_clock_line line = hh_clock_calibrate(base_ticks);
  uint8_t *body = hh_pb_begin(pb, CLOCK);
  hh_pb_uint(pb, 1, line.ticks);
  hh_pb_fixed64(pb, 2, line.unix_ns);
  hh_pb_double(pb, 3, line.ns_per_tick);
  hh_pb_end(pb, body);
}

static void put_column(hh_pb *pb, const hh_columns *columns, enum hh_column kind) {
  size_t bytes = hh_column_size(columns, kind), compressed_bytes;
  if (bytes == 0)
    return;
  uint8_t *body = hh_pb_begin(pb, COLUMNS);
  const uint8_t *compressed = hh_compress(columns->begin[kind], bytes, &compressed_bytes);
  hh_pb_uint(pb, 1, kind);
  hh_pb_uint(pb, 2, compressed ? COMPRESSION_ZSTD : 0);
  hh_pb_uint(pb, 3, bytes);
  if (compressed)
    hh_pb_bytes(pb, 4, compressed, compressed_bytes);
  else
    hh_pb_bytes(pb, 4, columns->begin[kind], bytes);
  hh_pb_end(pb, body);
}

static void put_totals(hh_pb *pb, const hh_totals *totals) {
  uint8_t *body = hh_pb_begin(pb, TOTALS);
  hh_pb_uint(pb, 1, totals->live_bytes);
  hh_pb_uint(pb, 2, totals->live_allocations);
  hh_pb_uint(pb, 3, totals->peak_live_bytes);
  hh_pb_uint(pb, 4, totals->peak_ticks);
  hh_pb_uint(pb, 5, totals->allocated_bytes);
  hh_pb_uint(pb, 6, totals->freed_bytes);
  hh_pb_uint(pb, 7, totals->profiler_bytes);
  hh_pb_uint(pb, 8, hh_sys_thread_cpu_ns());
  hh_pb_end(pb, body);
}

static void put_losses(hh_pb *pb, const hh_losses *losses) {
  for (uint32_t kind = 1; kind < HH_LOSS_KINDS; kind++) {
    if (!losses->count[kind])
      continue;
    uint8_t *body = hh_pb_begin(pb, LOSSES);
    hh_pb_uint(pb, 1, kind);
    hh_pb_uint(pb, 2, losses->count[kind]);
    hh_pb_uint(pb, 3, losses->bytes[kind]);
    hh_pb_end(pb, body);
  }
}

static void put_memory(hh_pb *pb) {
  if (!hh_memory_sample_take(&memory, hh_ring_ticks() >> HH_BLOCK_TICK_SHIFT, hh_sys_monotonic_ns()))
    return;
  uint8_t *body = hh_pb_begin(pb, MEMORY);
  hh_pb_uint(pb, 1, memory.ticks);
  hh_pb_uint(pb, 2, memory.resident_bytes);
  hh_pb_uint(pb, 3, memory.anonymous_bytes);
  hh_pb_uint(pb, 4, memory.cgroup_bytes);
  hh_pb_uint(pb, 5, memory.cgroup_limit_bytes);
  hh_pb_uint(pb, 6, memory.file_bytes);
  hh_pb_uint(pb, 7, memory.shared_bytes);
  hh_pb_uint(pb, 8, memory.swap_bytes);
  hh_pb_uint(pb, 9, memory.cgroup_swap_bytes);
  hh_pb_uint(pb, 10, memory.cgroup_oom);
  hh_pb_uint(pb, 11, memory.cgroup_oom_kills);
  hh_pb_end(pb, body);
}

/* ---- modes */

static hh_note notes[HH_NOTES];
static uint32_t notes_count;

/* Those of a block that could not be stored are still here. */
static void take_notes(void) {
  while (notes_count < HH_NOTES && hh_note_take(&notes[notes_count]))
    notes_count++;
}

static void put_mode_change(hh_pb *pb, const hh_note *note) {
  uint8_t *body = hh_pb_begin(pb, MODE_CHANGES);
  hh_pb_uint(pb, 1, note->ticks >> HH_BLOCK_TICK_SHIFT);
  hh_pb_uint(pb, 2, note->mode.from);
  hh_pb_uint(pb, 3, note->mode.to);
  hh_pb_uint(pb, 4, note->mode.why);
  hh_pb_uint(pb, 5, note->mode.sample_bytes);
  hh_pb_end(pb, body);
}

static void put_marker(hh_pb *pb, const hh_note *note) {
  uint8_t *body = hh_pb_begin(pb, MARKERS);
  hh_pb_uint(pb, 1, note->ticks >> HH_BLOCK_TICK_SHIFT);
  hh_pb_uint(pb, 2, note->marker.number);
  hh_pb_bytes(pb, 3, note->marker.label, note->marker.length);
  hh_pb_end(pb, body);
}

static void put_notes(hh_pb *pb) {
  for (uint32_t i = 0; i < notes_count; i++) {
    if (notes[i].type == HH_NOTE_MODE)
      put_mode_change(pb, &notes[i]);
    else
      put_marker(pb, &notes[i]);
  }
}

static uint64_t rounded(double value) {
  return value > 0 ? (uint64_t)(value + 0.5) : 0;
}

static void put_counted(hh_pb *pb, const hh_counted *counted, uint64_t culled) {
  if (!counted->partial)
    return;
  uint8_t *body = hh_pb_begin(pb, COUNTED);
  hh_pb_uint(pb, 1, counted->start_ticks);
  hh_pb_uint(pb, 2, counted->end_ticks);
  hh_pb_uint(pb, 3, rounded(counted->allocations));
  hh_pb_uint(pb, 4, rounded(counted->deallocations));
  hh_pb_uint(pb, 5, culled);
  hh_pb_uint(pb, 6, counted->sampled);
  hh_pb_double(pb, 7, counted->live_bytes_variance);
  hh_pb_double(pb, 8, counted->live_variance);
  hh_pb_end(pb, body);
}

static size_t encode(const hh_encoder *encoder, const hh_totals *totals, hh_losses *losses, uint64_t culled) {
  hh_calls_choose(losses);
  hh_allocators_count(losses);
  hh_pb pb;
  hh_pb_open(&pb, message, MAX_MESSAGE);
  uint8_t *body = hh_pb_begin(&pb, CLIENT_MESSAGE_BLOCK);
  hh_pb_uint(&pb, SEQUENCE, hh_spool_last() + 1);
  hh_pb_uint(&pb, EVENT_COUNT, encoder->events);
  hh_pb_uint(&pb, ALLOCATION_COUNT, encoder->allocations);
  hh_pb_uint(&pb, FIRST_ALLOCATION, encoder->first_allocation);
  put_clock(&pb, encoder->base_ticks);
  hh_dictionary_put(&pb, DICTIONARY);
  for (enum hh_column kind = HH_CONTROL; kind < HH_COLUMNS; kind++)
    put_column(&pb, &encoder->columns, kind);
  put_totals(&pb, totals);
  put_losses(&pb, losses);
  put_memory(&pb);
  put_notes(&pb);
  put_counted(&pb, &totals->counted, culled);
  hh_calls_put(&pb, CALLS);
  hh_allocators_put(&pb, ALLOCATORS);
  hh_map_sample_put(&pb, MAPS, hh_process_end_reason() != 0);
  hh_pb_end(&pb, body);
  return hh_pb_size(&pb);
}

static uint64_t sent_bytes;

uint64_t hh_block_sent_bytes(void) {
  return sent_bytes;
}

static bool store(size_t size) {
  sent_bytes += size;
  hh_marks marks = hh_dictionary_marks();
  hh_spool_item item = {
      .sequence = hh_spool_last() + 1,
      .message = message,
      .size = size,
      .node_end = marks.node,
      .stack_end = marks.stack,
      .module_end = marks.module,
      .thread_end = marks.thread,
  };
  bool stored = size && hh_spool_has_room(size) && hh_spool_put(&item) == 0;
  if (stored)
    hh_dictionary_commit();
  else
    hh_dictionary_rollback();
  return stored;
}

bool hh_block_close(hh_encoder *encoder, hh_totals *totals, hh_losses *losses) {
  hh_encoder_end(encoder);
  take_notes();
  uint64_t culled = hh_culled_allocations();
  hh_culled_put(&encoder->columns);
  bool stored = store(encode(encoder, totals, losses, culled));
  if (stored) {
    *losses = (hh_losses){.count = {0}};
    notes_count = 0;
  } else {
    hh_losses_add(losses, HH_LOSS_SPOOL_FULL, encoder->events + 2 * culled, totals->allocated_bytes);
  }
  hh_calls_done(stored, losses);
  hh_allocators_done(stored);
  totals->allocated_bytes = totals->freed_bytes = 0;
  return stored;
}
