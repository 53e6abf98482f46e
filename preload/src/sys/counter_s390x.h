enum { HH_COUNTER_SHIFT = 4 };

/* The time of day clock: 4096 units in a microsecond by architecture. */
static inline uint64_t hh_counter(void) {
  uint64_t count;
  __asm__ volatile(".insn s, 0xb27c0000, %0" /* stckf */ : "=Q"(count) : : "cc");
  return count;
}
static inline bool hh_counter_usable(void) {
  return true;
}
static inline unsigned hh_counter_shift(void) {
  return HH_COUNTER_SHIFT;
}
