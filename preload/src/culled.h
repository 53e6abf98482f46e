/* Counters of what was culled since the block before, stack by stack: how many, how many bytes, and a histogram of
 * lifetimes. Owned by the sender thread. */
#ifndef HH_CULLED_H
#define HH_CULLED_H
#include "columns.h"
#include "common.h"

enum {
  HH_LIFETIMES = 28, /* bucket 0: below 256 ns; bucket k: [2^(k+7), 2^(k+8)) ns; the last one without end */
  HH_LIFETIMES_FROM = 7,
  HH_CULLED_STACKS = 16384, /* in one block */
};

int hh_culled_init(void); /* after hh_stack_numbers_init; 0 or -errno */
void hh_culled_clear(void);
uint64_t hh_culled_bytes_held(void);

void hh_culled_count(uint32_t stack, uint64_t size, uint64_t lifetime_ns);
/* As many stacks as one block can say something about. */
bool hh_culled_full(void);
bool hh_culled_any(void);
/* Sums since the block before. */
uint64_t hh_culled_allocations(void);
uint64_t hh_culled_bytes(void);
/* Writes the column CULLED of docs/wire.md and starts anew. */
void hh_culled_put(hh_columns *columns);
#endif
