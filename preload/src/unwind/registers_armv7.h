/* Words of 64 bits; both instruction sets read pc as a little further than here, inside of this function all the same.
 */
static inline __attribute__((always_inline)) void hh_registers_now(uint64_t *reg) {
  uint32_t now[10];
  __asm__ volatile("stmia %0, {r4-r11}\n\tstr sp, [%0, #32]\n\tmov ip, pc\n\tstr ip, [%0, #36]"
                   :
                   : "r"(now)
                   : "ip", "memory");
  for (int i = 0; i < 8; i++)
    reg[4 + i] = now[i];
  reg[13] = now[8];
  reg[15] = now[9];
}
