/* Encoded blocks that the other side has not acknowledged, in order of their sequence. The sender thread alone uses it.
 * Bounded: HEAPHOUND_SPOOL_BYTES (64 MiB), in a file that survives the process (hh_spool_keep), else in memory. */
#ifndef HH_SPOOL_H
#define HH_SPOOL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hh_spool_item {
  uint64_t sequence;
  const uint8_t *message; /* an encoded ClientMessage { block }; of held ones hh_spool_read gives it */
  size_t size;
  uint32_t node_end; /* nodes below this id and stacks below this number are defined by this block and those before */
  uint32_t stack_end;
  uint32_t module_end, thread_end;
  /* The spool's own. */
  uint32_t dictionary_at, dictionary_size; /* where in the message the Dictionary lies */
  uint64_t file_offset;                    /* 0: in memory */
} hh_spool_item;

int hh_spool_init(size_t max_bytes); /* 0 or -errno */
/* From now on in DIR/KEY.spool: for blocks that come; those that are held in memory are copied there. 0 or -errno,
 * after which everything goes on in memory. */
int hh_spool_keep(const char *directory, uint64_t process, uint64_t bytes);
bool hh_spool_is_kept(void); /* in a file, to which nothing bad has happened */
/* Room for a block of at most `bytes`; false = full, the caller counts what it drops. */
int hh_spool_has_room(size_t bytes);
int hh_spool_put(const hh_spool_item *item); /* copies; 0 or -ENOSPC */
/* The first item with sequence > after, or NULL. Valid until released. */
const hh_spool_item *hh_spool_next(uint64_t after);
/* Its message, which another call overwrites. NULL: somebody has damaged the file. Then hh_spool_lose. */
const uint8_t *hh_spool_read(const hh_spool_item *item);
/* Gives up a damaged block and those before it; a new stream begins behind it, and says so. */
void hh_spool_lose(uint64_t up_to);
uint64_t hh_spool_lost_blocks(void);
void hh_spool_release(uint64_t up_to); /* acknowledged */
uint64_t hh_spool_first(void);         /* lowest held sequence, or the next to come when empty */
uint64_t hh_spool_last(void);          /* highest sequence ever put, 0 at first */
uint64_t hh_spool_acked(void);
/* Definitions that acknowledged (released) blocks made: for the Dictionary after a reconnect. */
hh_spool_item hh_spool_acked_marks(void);
void hh_spool_forget(void); /* in a forked child: all of it is the parent's */
#endif
