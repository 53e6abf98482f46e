/* The live map against a plain table, through growth, crowded lines and deletes in random order. */
#include "live_map.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { BLOCKS = 300000 };

static uint64_t random_state = 88172645463325252u;

static uint64_t random_number(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  return random_state ^= random_state << 17;
}

typedef struct model {
  hh_live_block block;
  bool live;
} model;

static hh_live_map map;
static model *blocks;

static bool equal(const hh_live_block *a, const hh_live_block *b) {
  return a->key == b->key && a->time == b->time && a->number == b->number && a->size == b->size && a->stack == b->stack;
}

/* Every field up to its widest value. */
static hh_live_block block_at(uint64_t key, uint64_t i) {
  return (hh_live_block){
      .key = key,
      .time = i % 5 ? i * 977 : ((uint64_t)1 << 52) - 1 - i,
      .number = i % 7 ? i + 1 : ((uint64_t)1 << 40) - 1 - i,
      .size = i % 1000 ? random_number() % 5000 : ((uint64_t)1 << (33 + i % 10)) + i,
      .stack = i % 3 ? (uint32_t)(i % 100000) : (1 << 24) - 1,
  };
}

static bool found(const model *is) {
  hh_live_block got;
  uint64_t slot = hh_live_find(&map, is->block.key);
  if (slot == HH_LIVE_NONE)
    return false;
  hh_live_get(&map, slot, &got);
  return equal(&got, &is->block);
}

static uint64_t mismatches(void) {
  uint64_t wrong = 0;
  for (uint64_t i = 0; i < BLOCKS; i++)
    wrong += blocks[i].live ? !found(&blocks[i]) : hh_live_find(&map, blocks[i].block.key) != HH_LIVE_NONE;
  return wrong;
}

static void remove_block(model *is) {
  hh_live_block got;
  uint64_t slot = hh_live_find(&map, is->block.key);
  hh_live_get(&map, slot, &got);
  hh_live_remove(&map, slot, &got);
  is->live = false;
}

/* Keys as allocators give them out: neighbours `step` keys apart, some far away. */
static void fill(uint64_t base, uint64_t step) {
  for (uint64_t i = 0; i < BLOCKS; i++) {
    blocks[i] = (model){.block = block_at(base + i * step + (i % 4096 == 0 ? (uint64_t)1 << 43 : 0), i), .live = true};
    hh_live_insert(&map, &blocks[i].block);
  }
}

static void check_pattern(const char *name, uint64_t base, uint64_t step) {
  hh_live_clear(&map);
  fill(base, step);
  CHECK(name, map.count == BLOCKS && mismatches() == 0);
  for (uint64_t round = 0; round < 4 * BLOCKS; round++) {
    model *is = &blocks[random_number() % BLOCKS];
    if (is->live) {
      remove_block(is);
    } else {
      is->block = block_at(is->block.key, round);
      is->live = hh_live_insert(&map, &is->block);
    }
  }
  CHECK(name, mismatches() == 0);
  uint64_t live = 0;
  for (uint64_t i = 0; i < BLOCKS; i++)
    live += blocks[i].live;
  CHECK(name, map.count == live);
  for (uint64_t i = 0; i < BLOCKS; i++)
    if (blocks[i].live)
      remove_block(&blocks[i]);
  CHECK(name, map.count == 0 && mismatches() == 0 && map.huge_count == 0);
  uint64_t left = 0;
  for (uint64_t slot = 0; slot < map.lines * HH_LIVE_SLOTS; slot++)
    left += map.slots[slot] != 0;
  CHECK(name, left == 0);
}

static void check_full(void) {
  static hh_live_map small;
  CHECK("full", hh_live_init(&small, 5000) == 0);
  uint64_t kept = 0;
  for (uint64_t i = 0; i < 6000; i++)
    kept += hh_live_insert(&small, &(hh_live_block){.key = 1000 + i * 4, .number = i + 1});
  CHECK("full: keeps what it has room for, refuses the rest", kept == 5000);
}

int main(void) {
  blocks = calloc(BLOCKS, sizeof *blocks);
  CHECK("init", hh_live_init(&map, 1 << 20) == 0);
  check_pattern("16-byte blocks", 0x55550000, 4);
  check_pattern("8-byte blocks", 0x7f0000000, 1);
  check_pattern("one block per region", 0x1000, 32);
  check_pattern("one block per page", 0x100000000, 512);
  check_pattern("one block per MiB", 0x200000, 131072);
  CHECK("at most 64 bytes per live block", (hh_live_clear(&map), fill(0x10000, 6), hh_live_bytes(&map) <= 64 * BLOCKS));
  check_full();
  return hh_check_end();
}
