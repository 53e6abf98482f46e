static inline __attribute__((always_inline)) void hh_registers_now(uint64_t *reg) {
  __asm__ volatile("stp x19, x20, [%0, #152]\n\tstp x21, x22, [%0, #168]\n\tstp x23, x24, [%0, #184]\n\t"
                   "stp x25, x26, [%0, #200]\n\tstp x27, x28, [%0, #216]\n\tstr x29, [%0, #232]\n\t"
                   "mov x9, sp\n\tstr x9, [%0, #248]\n\tadr x9, .\n\tstr x9, [%0, #256]"
                   :
                   : "r"(reg)
                   : "x9", "memory");
}
