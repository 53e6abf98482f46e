#include "arch.h"
#include "signal_code.h"
#include "signal_registers.h"

int hh_signal_is_trampoline(const hh_image *image, uint64_t address) {
  static const uint32_t code[] = {0x2402145b /* li $2, 5211: rt_sigreturn */, 0x0000000c /* syscall */};
  return hh_code_equals(image, address, code, sizeof code);
}

/* Above the stack pointer: 24 bytes, siginfo (128), the ucontext: flags, link, stack, {$0 to $31, 32 floating point
 * registers, 8 words of products, pc}. */
int hh_signal_restore(hh_readable *readable, uint64_t *reg) {
  const uint64_t at = reg[HH_REG_STACK] + 24 + 128 + 8 + 8 + 24;
  return hh_signal_words(readable, at, reg, 0, 32) || hh_signal_words(readable, at + 72 * 8, reg, HH_REG_PC, 1) ? -1
                                                                                                                : 0;
}
