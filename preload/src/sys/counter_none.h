enum { HH_COUNTER_SHIFT = 0 };

static inline uint64_t hh_counter(void) {
  return 0;
}
static inline bool hh_counter_usable(void) {
  return false;
}
static inline unsigned hh_counter_shift(void) {
  return 0;
}
