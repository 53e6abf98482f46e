#include "arch.h"
#include "signal_code.h"
#include "signal_registers.h"

int hh_signal_is_trampoline(const hh_image *image, uint64_t address) {
  static const uint8_t code[] = {0x0a, 0xad /* svc 173: rt_sigreturn */};
  return hh_code_equals(image, address, code, sizeof code);
}

/* Above the stack pointer: 160 bytes for the handler to save registers in, 8 with the trampoline, siginfo (128), the
 * ucontext: flags, link, stack, {mask of the PSW, pc, r0 to r15}. */
int hh_signal_restore(hh_readable *readable, uint64_t *reg) {
  const uint64_t at = reg[HH_REG_STACK] + 160 + 8 + 128 + 8 + 8 + 24 + 8;
  return hh_signal_words(readable, at, reg, HH_REG_PC, 1) || hh_signal_words(readable, at + 8, reg, 0, 16) ? -1 : 0;
}
