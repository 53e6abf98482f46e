#include "columns.h"

#include <errno.h>

#include "arena.h"

/* Most bytes that one event puts into each column. */
static const uint8_t event_bytes[HH_COLUMNS] = {
    [HH_CONTROL] = 1,      [HH_TIME] = 10,
    [HH_STACK] = 3,        [HH_SIZE] = 2,
    [HH_ADDRESS] = 3,      [HH_AGE] = 2,
    [HH_LATE] = 16,        [HH_BIG] = 30,
    [HH_THREAD_RUNS] = 8,  [HH_ALLOCATION_KIND] = 14,
    [HH_FREE_STACK] = 4,   [HH_ALLOCATION_SAMPLE] = 13,
    [HH_LATE_SAMPLE] = 13, [HH_CULLED] = 48,
};

int hh_columns_init(hh_columns *columns) {
  enum { PAD = 4096 }; /* for writes of 8 bytes at the end */
  for (int column = HH_CONTROL; column < HH_COLUMNS; column++) {
    columns->begin[column] = hh_pages_reserve((size_t)HH_BLOCK_EVENTS * event_bytes[column] + PAD, "heaphound block");
    if (!columns->begin[column])
      return -ENOMEM;
  }
  hh_columns_clear(columns);
  return 0;
}

void hh_columns_clear(hh_columns *columns) {
  memcpy(columns->at, columns->begin, sizeof columns->at);
}
