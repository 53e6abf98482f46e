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
