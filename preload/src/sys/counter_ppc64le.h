enum { HH_COUNTER_SHIFT = 1 };

/* The time base: 512 MHz by architecture. */
static inline uint64_t hh_counter(void) {
  uint64_t count;
  __asm__ volatile("mfspr %0, 268" : "=r"(count));
  return count;
}
static inline bool hh_counter_usable(void) {
  return true;
}
static inline unsigned hh_counter_shift(void) {
  return HH_COUNTER_SHIFT;
}
