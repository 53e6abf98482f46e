enum { HH_COUNTER_SHIFT = -1 };

/* The generic timer's virtual count: 24 MHz to 1 GHz, constant by architecture; Linux lets programs read it. */
static inline uint64_t hh_counter(void) {
  uint64_t count;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
}
static inline bool hh_counter_usable(void) {
  return true;
}
static inline unsigned hh_counter_shift(void) {
  uint64_t per_second;
  unsigned shift = 0;
  __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(per_second));
  while (per_second >> shift > 250000000)
    shift++;
  return shift;
}
