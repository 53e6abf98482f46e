/* The address space as the kernel lists it, for MapSample. Reading the list takes time by the size of the process: it
 * is read at the start, at the end, and in between at most once a second, seldomer the more it costs and the less it
 * changes. The sender thread alone uses it. */
#ifndef HH_MAP_SAMPLE_H
#define HH_MAP_SAMPLE_H
#include "pb.h"

int hh_map_sample_init(void); /* 0 or -errno */
/* Writes a sample as `field` if one is due. `ending`: the last block. */
void hh_map_sample_put(hh_pb *pb, uint32_t field, bool ending);
/* In a forked child: the next one is due at once. */
void hh_map_sample_clear(void);
/* Parses a text of the form of /proc/self/smaps that comes in pieces; for the reader and its test. */
typedef struct hh_mapping {
  uint64_t start, size, offset;
  uint64_t resident_bytes, proportional_bytes, private_dirty_bytes, anonymous_bytes, swap_bytes;
  char permissions[5];
  char name[256];
} hh_mapping;
/* One line: true when it begins a mapping, which `mapping` then describes. Otherwise adds the line's figure to it. */
bool hh_mapping_line(hh_mapping *mapping, const char *line);
#endif
