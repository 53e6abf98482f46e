/* Where records go in the ring of a spool file. Held records lie in parts, each without a gap; behind each part is room
 * for the record that says where the next one begins:
 *
 *   | part 1 ->3 |      | part 2 ->1 |   | part 0 ->2 |        free        |
 *
 * New parts begin as low as possible, so that a ring whose reader keeps up uses few pages, while one whose reader does
 * not can use all of it. */
#ifndef HH_SPOOL_RING_H
#define HH_SPOOL_RING_H
#include <stdbool.h>
#include <stdint.h>

enum { HH_SPOOL_PARTS = 16 };

typedef struct hh_spool_part {
  uint64_t begin, end;
} hh_spool_part;

typedef struct hh_spool_ring {
  uint64_t start, end;
  uint64_t head; /* where the last part ends, or where the first one would begin */
  unsigned parts;
  hh_spool_part part[HH_SPOOL_PARTS]; /* oldest first */
} hh_spool_ring;

void hh_spool_ring_init(hh_spool_ring *ring, uint64_t start, uint64_t bytes);
/* Where a record of so many bytes goes: the head, or where a new part begins; 0 = nowhere. */
uint64_t hh_spool_ring_place(const hh_spool_ring *ring, uint64_t bytes);
void hh_spool_ring_take(hh_spool_ring *ring, uint64_t at, uint64_t bytes); /* `at` from _place */
void hh_spool_ring_release(hh_spool_ring *ring, uint64_t oldest); /* the oldest record that is held; 0 = none is */
#endif
