/* Logarithm and exponential for sampling: libm is not among the libraries that we need. */
#ifndef HH_SAMPLE_MATH_H
#define HH_SAMPLE_MATH_H
#include "common.h"

double hh_ln(double x);            /* x > 0, normal; relative error below 1e-12 */
double hh_one_minus_exp(double x); /* 1 - exp(-x), x >= 0; relative error below 1e-12 */

/* How many allocations of its size a sampled one stands for; 1 when interval is 0: it was recorded for certain. */
double hh_sample_weight(uint64_t size, uint64_t interval);
#endif
