/* What the kernel says about the process's memory and its cgroup's. At most every quarter of a second, and so seldom
 * that it takes a five-hundredth of one processor at most. */
#ifndef HH_MEMORY_SAMPLE_H
#define HH_MEMORY_SAMPLE_H
#include "common.h"

typedef struct hh_memory_sample {
  uint64_t ticks; /* block ticks; 0 = none taken yet */
  uint64_t resident_bytes, anonymous_bytes, cgroup_bytes, cgroup_limit_bytes;
  uint64_t file_bytes, shared_bytes, swap_bytes;
  uint64_t cgroup_swap_bytes, cgroup_oom, cgroup_oom_kills;
} hh_memory_sample;

/* True when a new sample was due and taken. `now` in block ticks. */
bool hh_memory_sample_take(hh_memory_sample *sample, uint64_t now, uint64_t monotonic_ns);
#endif
