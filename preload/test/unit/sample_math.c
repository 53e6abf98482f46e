/* Against libm. */
#include "sample_math.h"

#include <math.h>

#include "check.h"

static double worst(double (*ours)(double), double (*theirs)(double), double from, double to) {
  double most = 0;
  for (double x = from; x < to; x *= 1.0137)
    most = fmax(most, fabs(ours(x) / theirs(x) - 1));
  return most;
}

static double one_minus_exp(double x) {
  return -expm1(-x);
}

int main(void) {
  CHECK("ln below 1", worst(hh_ln, log, 0x1p-53, 0.99) < 1e-12);
  CHECK("ln above 1", worst(hh_ln, log, 1.01, 1e300) < 1e-12);
  CHECK("ln of 1", hh_ln(1) == 0);
  CHECK("1 - exp(-x)", worst(hh_one_minus_exp, one_minus_exp, 1e-15, 1e6) < 1e-12);
  CHECK("certain", hh_sample_weight(100, 0) == 1 && hh_sample_weight(1 << 30, 1) == 1);
  CHECK("rare", fabs(hh_sample_weight(1, 1 << 20) / (1 << 20) - 1) < 1e-6);
  return hh_check_end();
}
