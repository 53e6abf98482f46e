/* Which allocations were recorded with which sampling interval, by their numbers: what a late deallocation has to say
 * about its allocation, without a field per live block. Owned by the sender thread. */
#ifndef HH_PERIODS_H
#define HH_PERIODS_H
#include "common.h"

enum { HH_PERIODS = 1024 };

typedef struct hh_period {
  uint64_t first; /* number of its first allocation */
  uint64_t sample_bytes;
} hh_period;

typedef struct hh_periods {
  hh_period list[HH_PERIODS]; /* ascending */
  uint32_t count;             /* 0: everything so far was recorded for certain */
} hh_periods;

/* Before allocation `number`. When the list is full its two oldest become one. */
void hh_periods_begin(hh_periods *periods, uint64_t number, uint64_t sample_bytes);
uint64_t hh_periods_look_up(const hh_periods *periods, uint64_t number);

HH_INLINE uint64_t hh_periods_newest(const hh_periods *periods) {
  return HH_LIKELY(!periods->count) ? 0 : periods->list[periods->count - 1].sample_bytes;
}

/* Interval with which the allocation was recorded, 0 = for certain. */
HH_INLINE uint64_t hh_periods_at(const hh_periods *periods, uint64_t number) {
  return HH_LIKELY(!periods->count) ? 0 : hh_periods_look_up(periods, number);
}
#endif
