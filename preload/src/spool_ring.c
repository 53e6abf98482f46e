#include "spool_ring.h"

#include <string.h>

#include "spool_format.h"

enum { LITTLE = 1 << 20 };

void hh_spool_ring_init(hh_spool_ring *ring, uint64_t start, uint64_t bytes) {
  *ring = (hh_spool_ring){.start = start, .end = start + bytes, .head = start};
}

static uint64_t link_bytes(void) {
  return hh_spool_record_bytes(sizeof(uint64_t));
}

/* Where the part that is met first from there begins, or the end of the ring. */
static uint64_t limit_above(const hh_spool_ring *ring, uint64_t at) {
  uint64_t limit = ring->end;
  for (unsigned i = 0; i < ring->parts; i++)
    if (ring->part[i].begin >= at && ring->part[i].begin < limit)
      limit = ring->part[i].begin;
  return limit;
}

static bool fits(const hh_spool_ring *ring, uint64_t at, uint64_t bytes) {
  uint64_t limit = limit_above(ring, at);
  return bytes + link_bytes() <= limit && at <= limit - bytes - link_bytes();
}

/* The lowest place for a new part. Behind the last one is the head. */
static uint64_t lowest(const hh_spool_ring *ring, uint64_t bytes) {
  uint64_t found = fits(ring, ring->start, bytes) ? ring->start : 0;
  for (unsigned i = 0; i + 1 < ring->parts; i++) {
    uint64_t behind = ring->part[i].end + link_bytes();
    if ((!found || behind < found) && fits(ring, behind, bytes))
      found = behind;
  }
  return found;
}

uint64_t hh_spool_ring_place(const hh_spool_ring *ring, uint64_t bytes) {
  uint64_t head = fits(ring, ring->head, bytes) ? ring->head : 0;
  bool is_low = head && head < ring->start + (uint64_t)2 * LITTLE;
  if (!ring->parts || ring->parts == HH_SPOOL_PARTS || is_low)
    return head;
  uint64_t roomy = lowest(ring, bytes + LITTLE);
  if (roomy && (!head || roomy < head))
    return roomy;
  return head ? head : lowest(ring, bytes);
}

void hh_spool_ring_take(hh_spool_ring *ring, uint64_t at, uint64_t bytes) {
  if (!ring->parts || at != ring->head)
    ring->part[ring->parts++].begin = at;
  ring->part[ring->parts - 1].end = ring->head = at + bytes;
}

void hh_spool_ring_release(hh_spool_ring *ring, uint64_t oldest) {
  unsigned gone = 0;
  while (gone < ring->parts && !(oldest >= ring->part[gone].begin && oldest < ring->part[gone].end))
    gone++;
  ring->parts -= gone;
  memmove(ring->part, ring->part + gone, ring->parts * sizeof *ring->part);
  if (ring->parts)
    ring->part[0].begin = oldest;
  else
    ring->head = ring->start; /* begins anew, on pages that are dirty already */
}
