enum { HH_COUNTER_SHIFT = 4 };

static inline uint64_t hh_counter(void) {
  return __builtin_ia32_rdtsc();
}
bool hh_counter_usable(void);
static inline unsigned hh_counter_shift(void) {
  return HH_COUNTER_SHIFT;
}
