/* Names of code that is made at run time, as programs that make it write them for perf: lines "START SIZE NAME" in
 * /tmp/perf-PID.map, numbers in hex. The sender thread alone uses this. */
#ifndef HH_PERF_MAP_H
#define HH_PERF_MAP_H
#include "common.h"

enum { HH_CODE_NAME_MAX = 200 }; /* bytes of a name; the rest is cut */

typedef struct hh_code {
  uint64_t start, size;
  const char *name;
  uint32_t name_bytes;
  uint32_t line;       /* of the file; of two with the same start the later one counts */
  uint32_t first_node; /* stack node that was named by it first; 0 = none yet */
} hh_code;

/* Reads what was appended since. Without a file, or with one of another user, there is nothing. */
void hh_perf_map_read(void);
/* The code that an address lies in, NULL if it is not known. */
hh_code *hh_perf_map_at(uint64_t address);
/* Another process now: in a child. */
void hh_perf_map_clear(void);
#endif
