#include "figures.h"

#include "sample_math.h"

HH_COLD hh_amount hh_sampled_amount(hh_totals *totals, uint64_t size, uint64_t sample_bytes) {
  double weight = hh_sample_weight(size, sample_bytes), bytes = (double)size * weight, missed = 1 - 1 / weight;
  totals->counted.sampled = totals->counted.partial = true;
  return (hh_amount){
      .bytes = (uint64_t)(bytes + 0.5),
      .count = weight,
      .bytes_variance = bytes * bytes * missed,
      .count_variance = weight * weight * missed,
  };
}

void hh_figures_add_live(hh_totals *totals, const hh_amount *of, double sign) {
  hh_counted *counted = &totals->counted;
  counted->live_extra += sign * (of->count - 1);
  counted->live_bytes_variance += sign * of->bytes_variance;
  counted->live_variance += sign * of->count_variance;
  if (counted->live_bytes_variance < 1)
    counted->live_bytes_variance = counted->live_variance = 0;
}
