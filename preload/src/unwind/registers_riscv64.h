static inline __attribute__((always_inline)) void hh_registers_now(uint64_t *reg) {
  __asm__ volatile("sd sp, 16(%0)\n\tsd s0, 64(%0)\n\tsd s1, 72(%0)\n\tsd s2, 144(%0)\n\tsd s3, 152(%0)\n\t"
                   "sd s4, 160(%0)\n\tsd s5, 168(%0)\n\tsd s6, 176(%0)\n\tsd s7, 184(%0)\n\tsd s8, 192(%0)\n\t"
                   "sd s9, 200(%0)\n\tsd s10, 208(%0)\n\tsd s11, 216(%0)\n\tauipc t0, 0\n\tsd t0, 256(%0)"
                   :
                   : "r"(reg)
                   : "t0", "memory");
}
