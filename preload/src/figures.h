/* Sums of a block and of the process so far, in which a sampled event counts for what it stands for. */
#ifndef HH_FIGURES_H
#define HH_FIGURES_H
#include "block.h"
#include "common.h"

/* What the event stands for. For what was recorded for certain that is itself. */
typedef struct hh_amount {
  uint64_t bytes;
  double count, bytes_variance, count_variance;
} hh_amount;

hh_amount hh_sampled_amount(hh_totals *totals, uint64_t size, uint64_t sample_bytes);

HH_INLINE hh_amount hh_amount_of(hh_totals *totals, uint64_t size, uint64_t sample_bytes) {
  return HH_LIKELY(!sample_bytes) ? (hh_amount){.bytes = size, .count = 1}
                                  : hh_sampled_amount(totals, size, sample_bytes);
}

/* Live, sampled: `sign` 1 or -1. Sums of rounded figures may end just below zero. */
void hh_figures_add_live(hh_totals *totals, const hh_amount *of, double sign);

HH_INLINE void hh_figures_see(hh_totals *totals, uint64_t ticks) {
  if (ticks > totals->counted.end_ticks)
    totals->counted.end_ticks = ticks;
}

HH_INLINE void hh_count_allocation(hh_totals *totals, uint64_t size, uint64_t sample_bytes, uint64_t ticks) {
  hh_amount of = hh_amount_of(totals, size, sample_bytes);
  hh_figures_see(totals, ticks);
  totals->counted.allocations += of.count;
  totals->allocated_bytes += of.bytes;
  totals->live_bytes += of.bytes;
  if (HH_UNLIKELY(sample_bytes))
    hh_figures_add_live(totals, &of, 1);
  if (totals->live_bytes > totals->peak_live_bytes) {
    totals->peak_live_bytes = totals->live_bytes;
    totals->peak_ticks = ticks;
  }
}

HH_INLINE void hh_count_deallocation(hh_totals *totals, uint64_t size, uint64_t sample_bytes, uint64_t ticks) {
  hh_amount of = hh_amount_of(totals, size, sample_bytes);
  hh_figures_see(totals, ticks);
  totals->counted.deallocations += of.count;
  totals->freed_bytes += of.bytes;
  totals->live_bytes -= of.bytes;
  if (HH_UNLIKELY(sample_bytes))
    hh_figures_add_live(totals, &of, -1);
}
#endif
