/* The columns of the block that is being filled (docs/wire.md): buffers with room for the worst block, so that the
 * encoder writes without asking. */
#ifndef HH_COLUMNS_H
#define HH_COLUMNS_H
#include <endian.h>
#include <string.h>

#include "common.h"

enum { HH_BLOCK_EVENTS = 65536 };

/* Column.Kind in ingest.proto. */
enum hh_column {
  HH_CONTROL = 1,
  HH_TIME,
  HH_STACK,
  HH_SIZE,
  HH_ADDRESS,
  HH_AGE,
  HH_LATE,
  HH_THREAD_RUNS,
  HH_ALLOCATION_KIND,
  HH_FREE_STACK,
  HH_BIG,
  HH_ALLOCATION_SAMPLE,
  HH_LATE_SAMPLE,
  HH_CULLED,
  HH_COLUMNS
};

typedef struct hh_columns {
  uint8_t *begin[HH_COLUMNS];
  uint8_t *at[HH_COLUMNS];
} hh_columns;

int hh_columns_init(hh_columns *columns); /* 0 or -errno */
void hh_columns_clear(hh_columns *columns);

HH_INLINE size_t hh_column_size(const hh_columns *columns, enum hh_column column) {
  return (size_t)(columns->at[column] - columns->begin[column]);
}

HH_INLINE uint64_t hh_zigzag(int64_t value) {
  return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

HH_INLINE uint8_t *hh_put_varint(uint8_t *at, uint64_t value) {
  for (; value >= 128; value >>= 7)
    *at++ = (uint8_t)value | 128;
  *at++ = (uint8_t)value;
  return at;
}

HH_INLINE void hh_column_varint(hh_columns *columns, enum hh_column column, uint64_t value) {
  columns->at[column] = hh_put_varint(columns->at[column], value);
}

/* The low `bytes` bytes of value, little-endian. Writes 8 bytes: columns have that much room behind their end. */
HH_INLINE void hh_column_bytes(hh_columns *columns, enum hh_column column, uint64_t value, unsigned bytes) {
  value = htole64(value);
  memcpy(columns->at[column], &value, sizeof value);
  columns->at[column] += bytes;
}
#endif
