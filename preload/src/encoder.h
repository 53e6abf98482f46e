/* Turns events into the columns of docs/wire.md. Every predictor starts empty in each block: state is stamped with the
 * block's number and cleared when first met, so that starting a block costs nothing. */
#ifndef HH_ENCODER_H
#define HH_ENCODER_H
#include "columns.h"
#include "common.h"

enum { HH_ENCODER_CLASSES = 1026 + 64, HH_CLASS_KEYS = 128 };

/* Per stack number. */
typedef struct hh_stack_state {
  uint32_t stamp;
  uint32_t successor, late_successor, free_successor;
  uint64_t size, late_size;
} hh_stack_state;
_Static_assert(sizeof(hh_stack_state) == 32, "two per cache line");

/* Per size class: keys freed in this block, newest last. */
typedef struct hh_size_class {
  uint32_t stamp;
  uint32_t top, count; /* newest = keys[(top - 1) % 128] */
  bool any;            /* last_key is set */
  uint64_t last_key;
  uint64_t keys[HH_CLASS_KEYS];
} hh_size_class;

/* Runs of (sampling interval, number of events); nothing as long as the interval is 0. */
typedef struct hh_sample_runs {
  uint64_t sample_bytes;
  uint32_t events;
} hh_sample_runs;

typedef struct hh_encoder {
  hh_columns columns;
  hh_stack_state *stacks; /* by number */
  hh_size_class *classes;
  uint32_t stamp; /* number of the block, from 1 */

  uint32_t events, allocations;
  uint64_t first_allocation; /* number of the block's first allocation */
  uint64_t base_ticks, last_ticks;
  uint32_t previous_stack, previous_late_stack, previous_free_stack;
  uint64_t previous_key, next_key; /* next_key: right behind the previous allocation */
  uint64_t late_number, late_ticks;
  uint32_t thread, thread_events;
  uint32_t plain_allocations; /* since the last entry of ALLOCATION_KIND */
  hh_sample_runs allocation_samples, late_samples;
} hh_encoder;

typedef struct hh_encoded_allocation {
  uint64_t ticks, key, size;
  uint64_t number;       /* = first_allocation + allocations so far */
  uint64_t replaced;     /* for realloc: number of the allocation that it replaced, 0 = unknown */
  uint64_t sample_bytes; /* 0 = recorded for certain */
  uint32_t thread, stack;
  uint8_t kind, align_log2;
} hh_encoded_allocation;

typedef struct hh_encoded_free {
  uint64_t ticks;
  uint64_t key, size, number, allocated_ticks; /* of the allocation */
  uint64_t sample_bytes;
  uint32_t stack; /* of the allocation */
  uint32_t thread, free_stack;
} hh_encoded_free;

int hh_encoder_init(hh_encoder *encoder); /* after hh_stack_numbers_init; 0 or -errno */
/* Empties the columns; the next event's time counts from base_ticks. */
void hh_encoder_begin(hh_encoder *encoder, uint64_t base_ticks, uint64_t first_allocation);
void hh_encode_allocation(hh_encoder *encoder, const hh_encoded_allocation *event);
void hh_encode_free(hh_encoder *encoder, const hh_encoded_free *event, bool free_stacks);
/* Writes what is still open. After it the columns are complete. */
void hh_encoder_end(hh_encoder *encoder);
/* Memory that it has touched, about. */
uint64_t hh_encoder_bytes(const hh_encoder *encoder);
HH_INLINE bool hh_encoder_full(const hh_encoder *encoder) {
  return encoder->events == HH_BLOCK_EVENTS;
}
HH_INLINE void hh_encoder_prefetch(const hh_encoder *encoder, uint32_t stack) {
  __builtin_prefetch(&encoder->stacks[stack], 1);
}
#endif
