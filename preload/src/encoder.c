#include "encoder.h"

#include <errno.h>

#include "arena.h"
#include "stack_numbers.h"

enum {
  TIME_ESCAPE = 15,
  SIZE_ESCAPE = 65535,
  ADDRESS_ESCAPE = 0xffffff,
  AGE_CODES = 6, /* ages 0..5 have codes 1..6 */
  LATE = 7,
};
enum { STACK_PREDICTED = 2, SIZE_PREDICTED = 4, ADDRESS_PREDICTED = 8 };
enum { LATE_STACK = 16, LATE_SIZE = 32, LATE_BIG = 64 };

int hh_encoder_init(hh_encoder *encoder) {
  encoder->stacks =
      hh_pages_reserve(((size_t)hh_stack_numbers_max() + 1) * sizeof *encoder->stacks, "heaphound encoder");
  encoder->classes = hh_pages_reserve(HH_ENCODER_CLASSES * sizeof *encoder->classes, "heaphound encoder");
  if (!encoder->stacks || !encoder->classes)
    return -ENOMEM;
  return hh_columns_init(&encoder->columns);
}

void hh_encoder_begin(hh_encoder *encoder, uint64_t base_ticks, uint64_t first_allocation) {
  hh_columns_clear(&encoder->columns);
  encoder->stamp++;
  encoder->events = encoder->allocations = 0;
  encoder->first_allocation = encoder->late_number = first_allocation;
  encoder->base_ticks = encoder->last_ticks = encoder->late_ticks = base_ticks;
  encoder->previous_stack = encoder->previous_late_stack = encoder->previous_free_stack = 0;
  encoder->previous_key = 0;
  encoder->next_key = 4; /* behind nothing at 0, as decoders have it */
  encoder->thread = encoder->thread_events = encoder->plain_allocations = 0;
  encoder->allocation_samples = encoder->late_samples = (hh_sample_runs){0};
}

static void end_thread_run(hh_encoder *encoder) {
  if (encoder->thread_events) {
    hh_column_varint(&encoder->columns, HH_THREAD_RUNS, encoder->thread);
    hh_column_varint(&encoder->columns, HH_THREAD_RUNS, encoder->thread_events);
  }
  encoder->thread_events = 0;
}

static void end_sample_run(hh_encoder *encoder, hh_sample_runs *runs, enum hh_column column) {
  if (!runs->sample_bytes && hh_column_size(&encoder->columns, column) == 0)
    return; /* all for certain so far: if that changes, this run comes first */
  hh_column_varint(&encoder->columns, column, runs->sample_bytes);
  hh_column_varint(&encoder->columns, column, runs->events);
}

static HH_COLD void change_sample_run(hh_encoder *encoder, hh_sample_runs *runs, enum hh_column column,
                                      uint64_t sample_bytes) {
  if (runs->events) {
    hh_column_varint(&encoder->columns, column, runs->sample_bytes);
    hh_column_varint(&encoder->columns, column, runs->events);
  }
  *runs = (hh_sample_runs){.sample_bytes = sample_bytes};
}

HH_INLINE void put_sample(hh_encoder *encoder, hh_sample_runs *runs, enum hh_column column, uint64_t sample_bytes) {
  if (HH_UNLIKELY(sample_bytes != runs->sample_bytes))
    change_sample_run(encoder, runs, column, sample_bytes);
  runs->events++;
}

void hh_encoder_end(hh_encoder *encoder) {
  end_sample_run(encoder, &encoder->allocation_samples, HH_ALLOCATION_SAMPLE);
  end_sample_run(encoder, &encoder->late_samples, HH_LATE_SAMPLE);
  end_thread_run(encoder);
}

HH_INLINE hh_stack_state *stack_state(hh_encoder *encoder, uint32_t stack) {
  hh_stack_state *state = &encoder->stacks[stack];
  if (HH_UNLIKELY(state->stamp != encoder->stamp))
    *state = (hh_stack_state){.stamp = encoder->stamp};
  return state;
}

HH_INLINE hh_size_class *size_class(hh_encoder *encoder, uint64_t size) {
  unsigned number = size <= 16384 ? (unsigned)(size + 7) >> 4 : 1026 + 63 - (unsigned)__builtin_clzll(size);
  hh_size_class *class = &encoder->classes[number];
  if (HH_UNLIKELY(class->stamp != encoder->stamp)) {
    class->stamp = encoder->stamp;
    class->top = class->count = 0;
    class->any = false;
  }
  return class;
}

/* The control byte with its time. */
HH_INLINE void put_control(hh_encoder *encoder, unsigned control, uint64_t ticks, uint32_t thread) {
  if (HH_UNLIKELY(thread != encoder->thread)) {
    end_thread_run(encoder);
    encoder->thread = thread;
  }
  encoder->thread_events++;
  encoder->events++;
  int64_t delta = (int64_t)(ticks - encoder->last_ticks);
  encoder->last_ticks = ticks;
  if (HH_LIKELY((uint64_t)delta < TIME_ESCAPE)) {
    control |= (unsigned)delta << 4;
  } else {
    control |= TIME_ESCAPE << 4;
    hh_column_varint(&encoder->columns, HH_TIME, hh_zigzag(delta));
  }
  *encoder->columns.at[HH_CONTROL]++ = (uint8_t)control;
}

HH_INLINE unsigned put_stack(hh_encoder *encoder, uint32_t stack) {
  hh_stack_state *previous = stack_state(encoder, encoder->previous_stack);
  bool miss = previous->successor != stack;
  hh_column_bytes(&encoder->columns, HH_STACK, stack, miss ? 3 : 0);
  previous->successor = stack;
  encoder->previous_stack = stack;
  return miss ? 0 : STACK_PREDICTED;
}

HH_INLINE unsigned put_size(hh_encoder *encoder, hh_stack_state *state, uint64_t size) {
  bool miss = state->size != size;
  state->size = size;
  if (HH_LIKELY(size < SIZE_ESCAPE)) {
    hh_column_bytes(&encoder->columns, HH_SIZE, size, miss ? 2 : 0);
  } else if (miss) {
    hh_column_bytes(&encoder->columns, HH_SIZE, SIZE_ESCAPE, 2);
    hh_column_varint(&encoder->columns, HH_BIG, size);
  }
  return miss ? 0 : SIZE_PREDICTED;
}

HH_INLINE unsigned put_address(hh_encoder *encoder, uint64_t key, uint64_t size) {
  hh_size_class *class = size_class(encoder, size);
  bool hit = class->count && class->keys[(class->top - 1) % HH_CLASS_KEYS] == key;
  if (hit) {
    class->top--;
    class->count--;
  } else {
    uint64_t base = class->any ? class->last_key : encoder->previous_key;
    uint64_t z = key == encoder->next_key ? 0 : hh_zigzag((int64_t)(key - base)) + 1;
    if (HH_UNLIKELY(z >= ADDRESS_ESCAPE)) {
      hh_column_varint(&encoder->columns, HH_BIG, z);
      z = ADDRESS_ESCAPE;
    }
    hh_column_bytes(&encoder->columns, HH_ADDRESS, z, 3);
  }
  class->any = true;
  class->last_key = key;
  encoder->previous_key = key;
  encoder->next_key = key + (size <= 24 ? 4 : (size + 23) >> 4 << 1);
  return hit ? ADDRESS_PREDICTED : 0;
}

static HH_COLD void put_kind(hh_encoder *encoder, const hh_encoded_allocation *event) {
  hh_column_varint(&encoder->columns, HH_ALLOCATION_KIND, encoder->plain_allocations);
  hh_column_bytes(&encoder->columns, HH_ALLOCATION_KIND, event->kind, 1);
  if (event->kind == HH_KIND_REALLOC)
    hh_column_varint(&encoder->columns, HH_ALLOCATION_KIND, event->replaced ? event->number - event->replaced : 0);
  else if (event->kind == HH_KIND_ALIGNED)
    hh_column_bytes(&encoder->columns, HH_ALLOCATION_KIND, event->align_log2, 1);
  encoder->plain_allocations = 0;
}

void hh_encode_allocation(hh_encoder *encoder, const hh_encoded_allocation *event) {
  hh_stack_state *state = stack_state(encoder, event->stack);
  unsigned control = 1;
  control |= put_stack(encoder, event->stack);
  control |= put_size(encoder, state, event->size);
  control |= put_address(encoder, event->key, event->size);
  if (HH_UNLIKELY(event->kind != HH_KIND_MALLOC))
    put_kind(encoder, event);
  else
    encoder->plain_allocations++;
  put_sample(encoder, &encoder->allocation_samples, HH_ALLOCATION_SAMPLE, event->sample_bytes);
  encoder->allocations++;
  put_control(encoder, control, event->ticks, event->thread);
}

static unsigned bytes_for(uint64_t value) {
  return (71 - (unsigned)__builtin_clzll(value | 1)) >> 3;
}

static void put_late(hh_encoder *encoder, const hh_encoded_free *event) {
  hh_columns *columns = &encoder->columns;
  uint64_t x = hh_zigzag((int64_t)(event->number - encoder->late_number));
  uint64_t y = hh_zigzag((int64_t)(event->allocated_ticks - encoder->late_ticks));
  encoder->late_number = event->number;
  encoder->late_ticks = event->allocated_ticks;

  hh_stack_state *previous = stack_state(encoder, encoder->previous_late_stack);
  hh_stack_state *state = stack_state(encoder, event->stack);
  unsigned flags = 0, x_bytes = bytes_for(x), y_bytes = bytes_for(y);
  if (previous->late_successor != event->stack)
    flags |= LATE_STACK;
  previous->late_successor = event->stack;
  encoder->previous_late_stack = event->stack;
  if (state->late_size != event->size)
    flags |= LATE_SIZE;
  state->late_size = event->size;

  if (HH_UNLIKELY(x_bytes > 4 || y_bytes > 4)) {
    hh_column_bytes(columns, HH_LATE, flags | LATE_BIG, 1);
    hh_column_varint(columns, HH_BIG, x);
    hh_column_varint(columns, HH_BIG, y);
  } else {
    hh_column_bytes(columns, HH_LATE, flags | (x_bytes - 1) | (y_bytes - 1) << 2, 1);
    hh_column_bytes(columns, HH_LATE, x, x_bytes);
    hh_column_bytes(columns, HH_LATE, y, y_bytes);
  }
  if (flags & LATE_STACK)
    hh_column_bytes(columns, HH_LATE, event->stack, 3);
  if (flags & LATE_SIZE) {
    bool big = event->size >= UINT32_MAX;
    hh_column_bytes(columns, HH_LATE, big ? UINT32_MAX : event->size, 4);
    if (HH_UNLIKELY(big))
      hh_column_varint(columns, HH_BIG, event->size);
  }
}

static void put_free_stack(hh_encoder *encoder, uint32_t stack) {
  hh_stack_state *previous = stack_state(encoder, encoder->previous_free_stack);
  hh_column_varint(&encoder->columns, HH_FREE_STACK, previous->free_successor == stack ? 0 : (uint64_t)stack + 1);
  previous->free_successor = stack;
  encoder->previous_free_stack = stack;
}

void hh_encode_free(hh_encoder *encoder, const hh_encoded_free *event, bool free_stacks) {
  unsigned control;
  if (event->number >= encoder->first_allocation) {
    uint64_t age = encoder->first_allocation + encoder->allocations - 1 - event->number;
    bool escape = age >= AGE_CODES;
    hh_column_bytes(&encoder->columns, HH_AGE, age, escape ? 2 : 0);
    control = escape ? 0 : (unsigned)(age + 1) << 1;
    hh_size_class *class = size_class(encoder, event->size);
    class->keys[class->top++ % HH_CLASS_KEYS] = event->key;
    if (class->count < HH_CLASS_KEYS)
      class->count++;
  } else {
    put_late(encoder, event);
    put_sample(encoder, &encoder->late_samples, HH_LATE_SAMPLE, event->sample_bytes);
    control = LATE << 1;
  }
  if (free_stacks)
    put_free_stack(encoder, event->free_stack);
  put_control(encoder, control, event->ticks, event->thread);
}

uint64_t hh_encoder_bytes(const hh_encoder *encoder) {
  uint64_t bytes = hh_stack_numbers_count() * sizeof *encoder->stacks;
  for (enum hh_column column = HH_CONTROL; column < HH_COLUMNS; column++)
    bytes += hh_column_size(&encoder->columns, column);
  return bytes;
}
