/* The processor's own counter of time, where programs may read it and it always runs at one speed. Each counter_*.h has
 *
 *   hh_counter()         reads it; async-signal-safe. Not ordered with what stands around it, which no reader can tell
 *   hh_counter_usable()  does it keep its promise on this machine?
 *   hh_counter_shift()   what it is to be shifted by for units of 4 to 8 ns, or its own coarser ones
 *   HH_COUNTER_SHIFT     the same as a constant, or -1: only the machine knows */
#ifndef HH_COUNTER_H
#define HH_COUNTER_H
#include <stdbool.h>
#include <stdint.h>
#if defined(__x86_64__)
#include "counter_amd64.h"
#elif defined(__aarch64__)
#include "counter_arm64.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "counter_riscv64.h"
#elif defined(__s390x__)
#include "counter_s390x.h"
#elif defined(__powerpc64__)
#include "counter_ppc64le.h"
#else
#include "counter_none.h"
#endif
#endif
