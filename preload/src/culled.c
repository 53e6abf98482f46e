#include "culled.h"

#include <errno.h>

#include "arena.h"
#include "stack_numbers.h"

typedef struct counters {
  uint64_t bytes;
  uint32_t stack, count;
  uint32_t lifetimes[HH_LIFETIMES];
} counters;
_Static_assert(sizeof(counters) == 128, "two cache lines");

static struct {
  uint32_t *place; /* by stack number: 1 + index of its counters; valid when they name the stack */
  counters *list;
  uint32_t used;
  uint64_t allocations, bytes;
} culled;

int hh_culled_init(void) {
  culled.place = hh_pages_reserve(((size_t)hh_stack_numbers_max() + 1) * sizeof *culled.place, "heaphound culled");
  culled.list = hh_pages_reserve(HH_CULLED_STACKS * sizeof *culled.list, "heaphound culled");
  return culled.place && culled.list ? 0 : -ENOMEM;
}

void hh_culled_clear(void) {
  culled.used = 0;
  culled.allocations = culled.bytes = 0;
}

uint64_t hh_culled_bytes_held(void) {
  return culled.used * sizeof *culled.list;
}

static counters *counters_of(uint32_t stack) {
  uint32_t place = culled.place[stack];
  if (HH_LIKELY(place - 1 < culled.used && culled.list[place - 1].stack == stack))
    return &culled.list[place - 1];
  counters *fresh = &culled.list[culled.used++];
  *fresh = (counters){.stack = stack};
  culled.place[stack] = culled.used;
  return fresh;
}

static unsigned bucket(uint64_t lifetime_ns) {
  unsigned log2 = 63 - (unsigned)__builtin_clzll(lifetime_ns | 1);
  if (log2 <= HH_LIFETIMES_FROM)
    return 0;
  return log2 - HH_LIFETIMES_FROM < HH_LIFETIMES ? log2 - HH_LIFETIMES_FROM : HH_LIFETIMES - 1;
}

void hh_culled_count(uint32_t stack, uint64_t size, uint64_t lifetime_ns) {
  counters *of = counters_of(stack);
  of->count++;
  of->bytes += size;
  of->lifetimes[bucket(lifetime_ns)]++;
  culled.allocations++;
  culled.bytes += size;
}

bool hh_culled_full(void) {
  return culled.used == HH_CULLED_STACKS;
}

bool hh_culled_any(void) {
  return culled.used;
}

uint64_t hh_culled_allocations(void) {
  return culled.allocations;
}

uint64_t hh_culled_bytes(void) {
  return culled.bytes;
}

static void put_lifetimes(hh_columns *columns, const counters *of) {
  uint64_t present = 0;
  unsigned last = 0;
  for (unsigned i = 0; i < HH_LIFETIMES; i++)
    if (of->lifetimes[i]) {
      present |= (uint64_t)1 << i;
      last = i;
    }
  hh_column_varint(columns, HH_CULLED, present);
  for (unsigned i = 0; i < last; i++) /* the last one's count follows from the others' */
    if (of->lifetimes[i])
      hh_column_varint(columns, HH_CULLED, of->lifetimes[i]);
}

void hh_culled_put(hh_columns *columns) {
  uint32_t previous = 0;
  for (uint32_t i = 0; i < culled.used; i++) {
    const counters *of = &culled.list[i];
    hh_column_varint(columns, HH_CULLED, hh_zigzag((int64_t)of->stack - previous));
    hh_column_varint(columns, HH_CULLED, of->count);
    hh_column_varint(columns, HH_CULLED, of->bytes);
    put_lifetimes(columns, of);
    previous = of->stack;
  }
  hh_culled_clear();
}
