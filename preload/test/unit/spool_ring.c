/* Against a plain list of what is held: nothing overlaps, all of the ring can be used, and little of it is when little
 * is held. */
#include "spool_ring.h"

#include <stdlib.h>

#include "check.h"
#include "spool_format.h"

enum { RECORDS = 1 << 16, MIB = 1 << 20, START = 4096 };

static hh_spool_ring ring;
static struct { uint64_t at, bytes; } record[RECORDS];
static unsigned oldest, newest; /* held: oldest to newest - 1 */
static uint64_t held, highest;
static bool sound;

static uint64_t link_room(void) {
  return hh_spool_record_bytes(sizeof(uint64_t));
}

static void begin(uint64_t bytes) {
  hh_spool_ring_init(&ring, START, bytes);
  oldest = newest = 0;
  held = highest = 0;
  sound = true;
}

/* Each record and the room for a link behind it are apart from all others that are held, but for the one that follows
 * in place. */
static void look_at_newest(void) {
  uint64_t from = record[newest - 1].at, to = from + record[newest - 1].bytes + link_room();
  sound = sound && from >= START && to <= ring.end;
  for (unsigned i = oldest; i + 1 < newest; i++) {
    bool goes_on = record[i].at + record[i].bytes == record[i + 1].at;
    uint64_t end = record[i].at + record[i].bytes + (goes_on ? 0 : link_room());
    sound = sound && (end <= from || record[i].at >= to);
  }
}

static bool put(uint64_t message_bytes, bool look) {
  uint64_t bytes = hh_spool_record_bytes(message_bytes), at = hh_spool_ring_place(&ring, bytes);
  if (!at || newest == RECORDS)
    return false;
  hh_spool_ring_take(&ring, at, bytes);
  record[newest].at = at;
  record[newest++].bytes = bytes;
  held += bytes;
  if (at + bytes > highest)
    highest = at + bytes;
  if (look)
    look_at_newest();
  return true;
}

static void release(void) {
  held -= record[oldest++].bytes;
  hh_spool_ring_release(&ring, oldest < newest ? record[oldest].at : 0);
}

static uint64_t any(uint64_t from, uint64_t to) {
  return from + (uint64_t)rand() % (to - from);
}

static void at_random(void) {
  enum { ROUNDS = 200, STEPS = 300 };
  unsigned refused_early = 0;
  for (int round = 0; round < ROUNDS; round++) {
    begin(4 * MIB + any(0, 8 * MIB));
    for (int step = 0; step < STEPS; step++) {
      bool puts = any(0, 100) < (step / 100 % 2 ? 40 : 60);
      if (!puts && oldest < newest)
        release();
      else if (!put(any(1, 400000), true) && held + 2 * MIB < ring.end / 2)
        refused_early++;
    }
  }
  CHECK("nothing overlaps", sound);
  CHECK("half of it can be held whatever went before", refused_early == 0);
}

/* The reader takes a fifth of what comes. */
static void slow_reader(void) {
  begin(48 * (uint64_t)MIB);
  for (unsigned i = 1; put(any(100000, 300000), false); i++)
    if (i % 5 == 0)
      release();
  CHECK("nearly all of the ring is used before it is full", held > 44 * (uint64_t)MIB);
}

static void fast_reader(void) {
  begin(48 * (uint64_t)MIB);
  bool has_room = true;
  for (int i = 0; i < 20000; i++) {
    has_room = put(any(1000, 100000), false) && has_room;
    while (newest - oldest > any(2, 8))
      release();
  }
  CHECK("there is always room", has_room);
  CHECK("few pages are used", highest < 4 * (uint64_t)MIB);
}

static void all_released(void) {
  begin(4 * MIB);
  CHECK("a record as large as the ring does not fit", !put(4 * MIB, false));
  CHECK("one that leaves room for its head and a link does", put(4 * MIB - 64, false));
  CHECK("another one does not", !put(1, false));
  release();
  CHECK("it begins anew", put(1, false) && record[newest - 1].at == START);
}

int main(void) {
  srand(1);
  at_random();
  slow_reader();
  fast_reader();
  all_released();
  return hh_check_end();
}
