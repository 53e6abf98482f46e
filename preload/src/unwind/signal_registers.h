/* Registers as the kernel wrote them into a signal's frame. */
#ifndef HH_UNWIND_SIGNAL_REGISTERS_H
#define HH_UNWIND_SIGNAL_REGISTERS_H
#include "readable.h"

/* `count` words from `from` on into reg[first ...]. 0 or -1. */
static inline int hh_signal_words(hh_readable *readable, uint64_t from, uint64_t *reg, unsigned first, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    const uint64_t at = from + (uint64_t)HH_WORD * i;
    if (!hh_readable_check(readable, at))
      return -1;
    reg[first + i] = *(const hh_word *)(uintptr_t)at;
  }
  return 0;
}
#endif
