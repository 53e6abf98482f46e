static inline __attribute__((always_inline)) void hh_registers_now(uint64_t *reg) {
  __asm__ volatile(".set push\n\t.set noreorder\n\tsd $16, 128(%0)\n\tsd $17, 136(%0)\n\tsd $18, 144(%0)\n\t"
                   "sd $19, 152(%0)\n\tsd $20, 160(%0)\n\tsd $21, 168(%0)\n\tsd $22, 176(%0)\n\tsd $23, 184(%0)\n\t"
                   "sd $28, 224(%0)\n\tsd $29, 232(%0)\n\tsd $30, 240(%0)\n\tbal 1f\n\tnop\n1:\tsd $31, 256(%0)\n\t"
                   ".set pop"
                   :
                   : "r"(reg)
                   : "$31", "memory");
}
