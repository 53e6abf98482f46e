/* The map of live blocks, owned by the sender thread.
 *
 *   index   lines of 8 slots {tag 32 | record number 32}, 64 bytes; 0 = empty
 *           line = hash(address >> 7), slot by address bits 5 and 6 and a bit of the hash if free, else any
 *           of the line, else the next line;
 *           past[line] counts entries that went past a full line, so a delete is one store
 *   records 24 bytes {key 44, number 40, stack 24, size 32, time 52}, from a LIFO free list
 *
 * It doubles line by line: with lines in [2^b, 2^(b+1)) line n - 2^b is split into itself and n. The tag holds all hash
 * bits, so a split reads one line and no records, and no insert ever waits for more than one split. A doubling begins
 * when half of the slots of 2^b lines are used and is through before five eighths are: lines that are not split yet
 * hold twice as much as the others, and must not overflow. */
#ifndef HH_LIVE_MAP_H
#define HH_LIVE_MAP_H
#include "common.h"

typedef struct hh_live_block {
  uint64_t key, time, number, size; /* time in ring ticks */
  uint32_t stack;                   /* stack number, 24 bits */
  uint32_t thread;                  /* that allocated it; the map does not keep it */
} hh_live_block;

typedef struct hh_live_record {
  uint64_t a; /* key 44 | number's low 20; in the free list: the next one's record number */
  uint64_t b; /* stack 24 | time's low 8 | size 32 */
  uint64_t c; /* time's high 44 | number's high 20 */
} hh_live_record;
_Static_assert(sizeof(hh_live_record) == 24, "bytes per live block");

typedef struct hh_live_map {
  uint64_t *slots;
  uint8_t *past;
  hh_live_record *records;
  uint64_t lines, half; /* half = 2^b */
  uint64_t count;
  uint32_t records_made, free_record;
  uint64_t max_lines;
  uint32_t max_records;
  uint32_t huge_count; /* blocks of 4 GiB and more, whose size does not fit into a record */
  struct {
    uint64_t number, size;
  } huge[1024];
} hh_live_map;

enum { HH_LIVE_SLOTS = 8, HH_LIVE_REGION_BITS = 28 };
#define HH_LIVE_NONE UINT64_MAX

/* Room for max_blocks, backed by memory as it is used. 0 or -errno. */
int hh_live_init(hh_live_map *map, uint32_t max_blocks);
void hh_live_clear(hh_live_map *map);
/* False when the map is full. The key must not be in the map. */
bool hh_live_insert(hh_live_map *map, const hh_live_block *block);
void hh_live_get(const hh_live_map *map, uint64_t slot, hh_live_block *block);
void hh_live_remove(hh_live_map *map, uint64_t slot, const hh_live_block *block);
uint64_t hh_live_bytes(const hh_live_map *map);
/* By record, 1 .. records_made - 1, in no order: false when no live block has it. */
bool hh_live_at(const hh_live_map *map, uint32_t record, hh_live_block *block);
/* Gives the block of that record another number. */
void hh_live_renumber(hh_live_map *map, uint32_t record, uint64_t number);

/* 28 bits from the 128-byte region | 4 bits within it. Twice multiplied: lines are chosen by the low bits of the 28,
 * and one multiplication leaves neighbouring regions a regular distance apart there, which fills some lines threefold.
 */
HH_INLINE uint32_t hh_live_tag(uint64_t key) {
  uint64_t hash = (key >> 4) * 0x9E3779B97F4A7C15u;
  hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
  return (uint32_t)(hash >> (64 - HH_LIVE_REGION_BITS)) << 4 | (uint32_t)(key & 15);
}

HH_INLINE uint64_t hh_live_line(const hh_live_map *map, uint32_t tag) {
  uint64_t line = (tag >> 4) & (2 * map->half - 1);
  return line >= map->lines ? line - map->half : line;
}

HH_INLINE uint64_t hh_live_preferred(const hh_live_map *map, uint32_t tag) {
  return hh_live_line(map, tag) * HH_LIVE_SLOTS + ((tag >> 2 & 3) | (tag >> 30 & 1) << 2);
}

HH_INLINE void hh_live_prefetch_line(const hh_live_map *map, uint64_t key) {
  uint64_t line = hh_live_line(map, hh_live_tag(key));
  __builtin_prefetch(&map->slots[line * HH_LIVE_SLOTS], 1);
  __builtin_prefetch(&map->past[line]);
}

/* Bit i: slot i of the line has that tag. Without branches: eight comparisons cost less than one wrong guess. An empty
 * slot looks like tag 0 and leads to record 0, whose key no block has. */
HH_INLINE uint32_t hh_live_candidates(const uint64_t *line, uint32_t tag) {
  uint32_t bits = 0;
#pragma GCC unroll 8
  for (unsigned i = 0; i < HH_LIVE_SLOTS; i++)
    bits |= (uint32_t)(line[i] >> 32 == tag) << i;
  return bits;
}

/* Once the line is there: the record behind it. */
HH_INLINE void hh_live_prefetch_record(const hh_live_map *map, uint64_t key) {
  uint32_t tag = hh_live_tag(key);
  const uint64_t *line = &map->slots[hh_live_line(map, tag) * HH_LIVE_SLOTS];
  uint32_t bits = hh_live_candidates(line, tag);
  if (HH_LIKELY(bits))
    __builtin_prefetch(&map->records[(uint32_t)line[__builtin_ctz(bits)]], 1);
}

/* Once the line is there: the one behind it, where entries went that way. */
HH_INLINE void hh_live_prefetch_past(const hh_live_map *map, uint64_t key) {
  uint64_t line = hh_live_line(map, hh_live_tag(key));
  if (map->past[line])
    __builtin_prefetch(&map->slots[(line + 1) * HH_LIVE_SLOTS], 1);
}

/* Slot of the key in that line, or HH_LIVE_NONE. */
HH_INLINE uint64_t hh_live_find_in(const hh_live_map *map, uint64_t line, uint32_t tag, uint64_t key) {
  const uint64_t *slots = &map->slots[line * HH_LIVE_SLOTS];
  for (uint32_t bits = hh_live_candidates(slots, tag); bits; bits &= bits - 1) {
    unsigned i = (unsigned)__builtin_ctz(bits);
    if (HH_LIKELY(map->records[(uint32_t)slots[i]].a >> 20 == key))
      return line * HH_LIVE_SLOTS + i;
  }
  return HH_LIVE_NONE;
}

/* Behind a line that entries went past. */
uint64_t hh_live_find_past(const hh_live_map *map, uint64_t line, uint32_t tag, uint64_t key);

/* Slot of the key, or HH_LIVE_NONE. */
HH_INLINE uint64_t hh_live_find(const hh_live_map *map, uint64_t key) {
  uint32_t tag = hh_live_tag(key);
  uint64_t line = hh_live_line(map, tag), slot = hh_live_find_in(map, line, tag, key);
  if (slot != HH_LIVE_NONE || HH_LIKELY(!map->past[line]))
    return slot;
  return hh_live_find_past(map, line, tag, key);
}
#endif
