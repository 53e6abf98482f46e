#include "young.h"

#include <errno.h>

#include "arena.h"

static size_t bytes(void) {
  return sizeof(hh_live_block) << HH_YOUNG_BITS;
}

int hh_young_init(hh_young *young) {
  young->slots = hh_pages(bytes(), "heaphound young blocks");
  young->count = 0;
  return young->slots ? 0 : -ENOMEM;
}

void hh_young_clear(hh_young *young) {
  hh_pages_clear(young->slots, bytes());
  young->count = 0;
}

bool hh_young_take_old(hh_young *young, uint32_t *hand, uint64_t time, hh_live_block *block) {
  while (*hand < 1u << HH_YOUNG_BITS) {
    hh_live_block *slot = &young->slots[(*hand)++];
    if (!slot->key || slot->time > time)
      continue;
    hh_young_take(young, slot, block);
    return true;
  }
  *hand = 0;
  return false;
}
