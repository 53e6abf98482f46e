/* Blocks that culling holds back: they are in the map of live blocks with a tag in place of a number, and get a number
 * when they are sent after all. What does not fit into the tag (how they came about, what a realloc replaced) is in a
 * note. The notes of a chain of reallocs lead from its live block to the dead ones before it. */
#ifndef HH_HELD_H
#define HH_HELD_H
#include "common.h"
#include "event.h"
#include "live_map.h"

/* hh_live_block.number: HELD | thread, or HELD | NOTED | index of the note. */
#define HH_HELD  ((uint64_t)1 << 39)
#define HH_NOTED ((uint64_t)1 << 38)

typedef struct hh_held {
  uint64_t key, time, size, root_time; /* root: the first block of the chain */
  uint64_t freed_at;                   /* of a dead one */
  uint32_t stack, thread, free_thread, free_stack;
  uint32_t before; /* note of the block that this one replaced, 0 = none */
  uint8_t kind, align_log2;
} hh_held;

HH_INLINE bool hh_is_held(uint64_t number) {
  return HH_UNLIKELY(number & HH_HELD);
}

int hh_held_init(void); /* 0 or -errno */
void hh_held_clear(void);
uint64_t hh_held_bytes(void);

/* The tag for a block that is to be held back; `before` = note of what it replaced. 0 when there is no room. */
uint64_t hh_held_tag(const hh_event *event, uint32_t before);
/* All that is known about a held block. Gives its note back. */
hh_held hh_held_take(const hh_live_block *block);
/* Looks without taking. */
uint64_t hh_held_root_time(const hh_live_block *block);
bool hh_held_room(void);
/* For a dead one in front of what replaces it. 0 when there is no room. */
uint32_t hh_held_keep(const hh_held *dead);
/* Takes the note of a dead one. */
hh_held hh_held_take_note(uint32_t note);
/* Turns a chain round: its oldest note, from which `before` now leads to younger ones. */
uint32_t hh_held_oldest_first(uint32_t newest);
#endif
