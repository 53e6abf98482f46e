#include "live_map.h"

#include <errno.h>
#include <string.h>

#include "arena.h"

enum {
  START_LINES = 1024, /* smaller ones cost more than their memory is worth */
  FULL_16THS = 10,    /* slots used, at most */
  TAIL_LINES = 256,   /* room behind the last line for entries that went past it */
  PAST_MANY = 255,    /* a count that high is never lowered again */
  HUGE_PAGE = 2 << 20,
  HUGE_RECORDS_FROM = 4 << 20, /* below that, small programs would pay for clearing a huge page */
};
#define BIG_SIZE 0xffffffffu

static size_t index_bytes(const hh_live_map *map) {
  return (map->max_lines + TAIL_LINES) * HH_LIVE_SLOTS * sizeof *map->slots;
}

static size_t records_bytes(const hh_live_map *map) {
  return (size_t)map->max_records * sizeof *map->records;
}

static void reset_counts(hh_live_map *map) {
  map->lines = map->half = START_LINES;
  map->count = 0;
  map->records_made = 1; /* record 0 marks an empty slot */
  map->free_record = 0;
  map->huge_count = 0;
}

int hh_live_init(hh_live_map *map, uint32_t max_blocks) {
  map->max_records = max_blocks + 1;
  map->max_lines = (uint64_t)max_blocks * 16 / FULL_16THS / HH_LIVE_SLOTS;
  if (map->max_lines < START_LINES)
    map->max_lines = START_LINES;
  map->slots = hh_pages_reserve(index_bytes(map), "heaphound live map");
  map->past = hh_pages_reserve(map->max_lines + TAIL_LINES, "heaphound live map");
  map->records = hh_pages_reserve(records_bytes(map), "heaphound live blocks");
  if (!map->slots || !map->past || !map->records)
    return -ENOMEM;
  hh_pages_huge((char *)map->slots + HUGE_PAGE, index_bytes(map) - HUGE_PAGE);
  hh_pages_huge((char *)map->records + HUGE_RECORDS_FROM, records_bytes(map) - HUGE_RECORDS_FROM);
  reset_counts(map);
  return 0;
}

void hh_live_clear(hh_live_map *map) {
  hh_pages_clear(map->slots, index_bytes(map));
  hh_pages_clear(map->past, map->max_lines + TAIL_LINES);
  hh_pages_clear(map->records, records_bytes(map));
  reset_counts(map);
}

uint64_t hh_live_bytes(const hh_live_map *map) {
  return map->lines * (HH_LIVE_SLOTS * sizeof *map->slots + 1) + (uint64_t)map->records_made * sizeof *map->records;
}

/* ---- slots */

static bool place_in_line(uint64_t *line, uint64_t entry) {
  for (unsigned i = 0; i < HH_LIVE_SLOTS; i++)
    if (!line[i]) {
      line[i] = entry;
      return true;
    }
  return false;
}

static bool place(hh_live_map *map, uint64_t entry) {
  uint64_t preferred = hh_live_preferred(map, (uint32_t)(entry >> 32));
  if (HH_LIKELY(!map->slots[preferred])) {
    map->slots[preferred] = entry;
    return true;
  }
  uint64_t home = preferred / HH_LIVE_SLOTS, end = map->lines + TAIL_LINES, line = home;
  while (line < end && !place_in_line(&map->slots[line * HH_LIVE_SLOTS], entry))
    line++;
  if (line == end)
    return false;
  for (uint64_t i = home; i < line; i++)
    if (map->past[i] < PAST_MANY)
      map->past[i]++;
  return true;
}

/* An entry of line `home` leaves line `line`. */
static void forget_past(hh_live_map *map, uint64_t home, uint64_t line) {
  for (uint64_t i = home; i < line; i++)
    if (map->past[i] < PAST_MANY)
      map->past[i]--;
}

/* Adds the line behind the last one and moves its entries there, out of the line that held them until now and those
 * behind it that took what went past. They go to the new line or beyond, so none is met twice. */
static void split(hh_live_map *map) {
  uint64_t added = map->lines++, home = added - map->half, mask = 2 * map->half - 1;
  if (map->lines == 2 * map->half)
    map->half = map->lines;
  bool more = true;
  for (uint64_t line = home; more && line < added; line++) {
    more = map->past[line];
    for (unsigned i = 0; i < HH_LIVE_SLOTS; i++) {
      uint64_t *slot = &map->slots[line * HH_LIVE_SLOTS + i], entry = *slot;
      if (!entry || ((entry >> 36) & mask) != added)
        continue;
      *slot = 0;
      forget_past(map, home, line);
      place(map, entry);
    }
  }
}

/* ---- records */

static uint32_t take_record(hh_live_map *map) {
  uint32_t record = map->free_record;
  if (record) {
    map->free_record = (uint32_t)map->records[record].a;
    return record;
  }
  return map->records_made < map->max_records ? map->records_made++ : 0;
}

static void give_record(hh_live_map *map, uint32_t record) {
  map->records[record].a = map->free_record;
  map->free_record = record;
}

static void fill(hh_live_record *record, const hh_live_block *block) {
  uint64_t size = block->size < BIG_SIZE ? block->size : BIG_SIZE;
  record->a = block->key << 20 | (block->number & 0xfffff);
  record->b = (uint64_t)block->stack << 40 | (block->time & 0xff) << 32 | size;
  record->c = (block->time >> 8) << 20 | (block->number >> 20 & 0xfffff);
}

static void keep_huge(hh_live_map *map, const hh_live_block *block) {
  if (map->huge_count == sizeof map->huge / sizeof *map->huge)
    return;
  map->huge[map->huge_count].number = block->number;
  map->huge[map->huge_count++].size = block->size;
}

static uint64_t huge_size(const hh_live_map *map, uint64_t number) {
  for (uint32_t i = 0; i < map->huge_count; i++)
    if (map->huge[i].number == number)
      return map->huge[i].size;
  return BIG_SIZE;
}

static void drop_huge(hh_live_map *map, uint64_t number) {
  for (uint32_t i = 0; i < map->huge_count; i++)
    if (map->huge[i].number == number) {
      map->huge[i] = map->huge[--map->huge_count];
      return;
    }
}

/* ---- the map */

bool hh_live_insert(hh_live_map *map, const hh_live_block *block) {
  if (HH_UNLIKELY(map->count >= map->half * HH_LIVE_SLOTS / 2) && map->lines < map->max_lines)
    split(map); /* half * 8 / 2 + half inserts = 5 / 8 of half * 8 slots */
  uint32_t record = take_record(map);
  if (HH_UNLIKELY(!record))
    return false;
  if (HH_UNLIKELY(!place(map, (uint64_t)hh_live_tag(block->key) << 32 | record))) {
    give_record(map, record);
    return false;
  }
  fill(&map->records[record], block);
  __builtin_prefetch(&map->records[map->free_record ? map->free_record : map->records_made], 1);
  if (HH_UNLIKELY(block->size >= BIG_SIZE))
    keep_huge(map, block);
  map->count++;
  return true;
}

uint64_t hh_live_find_past(const hh_live_map *map, uint64_t line, uint32_t tag, uint64_t key) {
  uint64_t slot = HH_LIVE_NONE;
  while (slot == HH_LIVE_NONE && map->past[line])
    slot = hh_live_find_in(map, ++line, tag, key);
  return slot;
}

static void read_record(const hh_live_map *map, const hh_live_record *record, hh_live_block *block) {
  block->key = record->a >> 20;
  block->number = (record->a & 0xfffff) | (record->c & 0xfffff) << 20;
  block->stack = (uint32_t)(record->b >> 40);
  block->time = (record->c >> 20) << 8 | (record->b >> 32 & 0xff);
  block->size = (uint32_t)record->b;
  if (HH_UNLIKELY(block->size == BIG_SIZE))
    block->size = huge_size(map, block->number);
}

void hh_live_get(const hh_live_map *map, uint64_t slot, hh_live_block *block) {
  read_record(map, &map->records[(uint32_t)map->slots[slot]], block);
}

/* A free record's first word is the number of another record: no address is that low. */
bool hh_live_at(const hh_live_map *map, uint32_t record, hh_live_block *block) {
  if (map->records[record].a >> 32 == 0)
    return false;
  read_record(map, &map->records[record], block);
  return true;
}

void hh_live_renumber(hh_live_map *map, uint32_t record, uint64_t number) {
  hh_live_record *is = &map->records[record];
  is->a = (is->a & ~(uint64_t)0xfffff) | (number & 0xfffff);
  is->c = (is->c & ~(uint64_t)0xfffff) | (number >> 20 & 0xfffff);
}

void hh_live_remove(hh_live_map *map, uint64_t slot, const hh_live_block *block) {
  uint32_t tag = (uint32_t)(map->slots[slot] >> 32);
  give_record(map, (uint32_t)map->slots[slot]);
  map->slots[slot] = 0;
  uint64_t home = hh_live_line(map, tag), line = slot / HH_LIVE_SLOTS;
  if (HH_UNLIKELY(home != line))
    forget_past(map, home, line);
  if (HH_UNLIKELY(block->size >= BIG_SIZE))
    drop_huge(map, block->number);
  map->count--;
}
