enum { HH_COUNTER_SHIFT = 0 };

/* The timer, which Linux lets programs read and its own vDSO reads: constant, mostly 10 to 30 MHz. */
static inline uint64_t hh_counter(void) {
  uint64_t count;
  __asm__ volatile("rdtime %0" : "=r"(count));
  return count;
}
static inline bool hh_counter_usable(void) {
  return true;
}
static inline unsigned hh_counter_shift(void) {
  return HH_COUNTER_SHIFT;
}
