/* Encoded blocks that the other side has not acknowledged, in order of their sequence. The sender thread alone uses it.
 * Bounded: HEAPHOUND_SPOOL_BYTES (64 MiB). This version keeps them in memory; a ring file comes with the same
 * interface. */
#ifndef HH_SPOOL_H
#define HH_SPOOL_H
#include <stddef.h>
#include <stdint.h>

typedef struct hh_spool_item {
  uint64_t sequence;
  const uint8_t *message; /* an encoded ClientMessage { block } */
  size_t size;
  uint32_t node_end; /* nodes below this id and stacks below this number are defined by this block and those before */
  uint32_t stack_end;
  uint32_t module_end, thread_end;
} hh_spool_item;

int hh_spool_init(size_t max_bytes); /* 0 or -errno */
/* Room for a block of at most `bytes`; false = full, the caller counts what it drops. */
int hh_spool_has_room(size_t bytes);
int hh_spool_put(const hh_spool_item *item); /* copies; 0 or -ENOSPC */
/* The first item with sequence > after, or NULL. Valid until released. */
const hh_spool_item *hh_spool_next(uint64_t after);
void hh_spool_release(uint64_t up_to); /* acknowledged */
uint64_t hh_spool_first(void);         /* lowest held sequence, or the next to come when empty */
uint64_t hh_spool_last(void);          /* highest sequence ever put, 0 at first */
uint64_t hh_spool_acked(void);
/* Definitions that acknowledged (released) blocks made: for the Dictionary after a reconnect. */
hh_spool_item hh_spool_acked_marks(void);
#endif
