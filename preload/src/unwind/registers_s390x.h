static inline __attribute__((always_inline)) void hh_registers_now(uint64_t *reg) {
  __asm__ volatile("stmg %%r6, %%r15, 48(%0)\n\tlarl %%r1, .\n\tstg %%r1, 256(%0)" : : "a"(reg) : "r1", "memory");
}
