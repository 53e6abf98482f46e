#include "sample_math.h"

#include <string.h>

#define LN2 0.6931471805599453

static double scale(double x, int exponent) { /* x * 2^exponent, results normal */
  uint64_t bits = (uint64_t)(1023 + exponent) << 52;
  double factor;
  memcpy(&factor, &bits, sizeof factor);
  return x * factor;
}

double hh_ln(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  int exponent = (int)(bits >> 52 & 0x7ff) - 1023;
  double m = scale(x, -exponent); /* [1, 2) */
  if (m > 1.4142135623730951) {
    m /= 2;
    exponent++;
  }
  double t = (m - 1) / (m + 1), t2 = t * t, sum = 0; /* ln m = 2 artanh t, |t| < 0.172 */
  for (int k = 21; k >= 1; k -= 2)
    sum = sum * t2 + 1.0 / k;
  return 2 * t * sum + exponent * LN2;
}

static double small_one_minus_exp(double x) { /* x < 0.7: the series, innermost term first */
  double sum = 1;
  for (int k = 18; k >= 2; k--)
    sum = 1 - x / k * sum;
  return x * sum;
}

double hh_one_minus_exp(double x) {
  if (x < LN2)
    return small_one_minus_exp(x);
  if (x > 700)
    return 1;
  int halvings = (int)(x / LN2); /* exp(-x) = 2^-halvings * exp(-rest) */
  double rest = x - halvings * LN2;
  return 1 - scale(1 - small_one_minus_exp(rest), -halvings);
}

double hh_sample_weight(uint64_t size, uint64_t interval) {
  if (!interval || !size)
    return 1;
  return 1 / hh_one_minus_exp((double)size / (double)interval);
}
