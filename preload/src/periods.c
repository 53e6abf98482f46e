#include "periods.h"

#include <string.h>

void hh_periods_begin(hh_periods *periods, uint64_t number, uint64_t sample_bytes) {
  if (periods->count == HH_PERIODS) {
    memmove(&periods->list[1], &periods->list[2], (HH_PERIODS - 2) * sizeof *periods->list);
    periods->count--;
  }
  periods->list[periods->count++] = (hh_period){.first = number, .sample_bytes = sample_bytes};
}

uint64_t hh_periods_look_up(const hh_periods *periods, uint64_t number) {
  uint32_t low = 0, high = periods->count; /* the answer is the period before `low` in the end */
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (periods->list[middle].first <= number)
      low = middle + 1;
    else
      high = middle;
  }
  return low ? periods->list[low - 1].sample_bytes : 0;
}
