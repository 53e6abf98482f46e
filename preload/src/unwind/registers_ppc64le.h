static inline __attribute__((always_inline)) void hh_registers_now(uint64_t *reg) {
  __asm__ volatile("std 1, 8(%0)\n\tstd 14, 112(%0)\n\tstd 15, 120(%0)\n\tstd 16, 128(%0)\n\tstd 17, 136(%0)\n\t"
                   "std 18, 144(%0)\n\tstd 19, 152(%0)\n\tstd 20, 160(%0)\n\tstd 21, 168(%0)\n\tstd 22, 176(%0)\n\t"
                   "std 23, 184(%0)\n\tstd 24, 192(%0)\n\tstd 25, 200(%0)\n\tstd 26, 208(%0)\n\tstd 27, 216(%0)\n\t"
                   "std 28, 224(%0)\n\tstd 29, 232(%0)\n\tstd 30, 240(%0)\n\tstd 31, 248(%0)\n\t"
                   "bcl 20, 31, 1f\n1:\tmflr 0\n\tstd 0, 528(%0)"
                   :
                   : "b"(reg)
                   : "r0", "lr", "memory");
}
