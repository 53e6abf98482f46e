/* Blocks that were allocated just now, in front of the live map: one slot per hash of the address, in memory that stays
 * in the processor's cache. Most blocks are freed, or their address is handed out again, while they are here, and never
 * cost a look at the map; a block moves to the map when another address needs its slot. */
#ifndef HH_YOUNG_H
#define HH_YOUNG_H
#include "common.h"
#include "live_map.h"

enum { HH_YOUNG_BITS = 12 };

typedef struct hh_young {
  hh_live_block *slots; /* key 0 = empty */
  uint64_t count;
} hh_young;

int hh_young_init(hh_young *young); /* 0 or -errno */
void hh_young_clear(hh_young *young);

HH_INLINE hh_live_block *hh_young_slot(const hh_young *young, uint64_t key) {
  return &young->slots[key * 0x9E3779B97F4A7C15u >> (64 - HH_YOUNG_BITS)];
}

/* The slot must be empty. */
HH_INLINE void hh_young_put(hh_young *young, hh_live_block *slot, const hh_live_block *block) {
  *slot = *block;
  young->count++;
}

HH_INLINE void hh_young_take(hh_young *young, hh_live_block *slot, hh_live_block *block) {
  *block = *slot;
  slot->key = 0;
  young->count--;
}

/* Takes one that was allocated at `time` or before; false when there is none from *hand on, which then starts anew. */
bool hh_young_take_old(hh_young *young, uint32_t *hand, uint64_t time, hh_live_block *block);
#endif
