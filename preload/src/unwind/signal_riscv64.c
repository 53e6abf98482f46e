#include "arch.h"
#include "signal_code.h"
#include "signal_registers.h"

int hh_signal_is_trampoline(const hh_image *image, uint64_t address) {
  static const uint32_t code[] = {0x08b00893 /* li a7, 139: rt_sigreturn */, 0x00000073 /* ecall */};
  return hh_code_equals(image, address, code, sizeof code);
}

/* The stack pointer is at siginfo (128 bytes), behind it the ucontext: flags, link, stack, 128 bytes of mask, then,
 * aligned to 16, {pc, x1 to x31}. */
int hh_signal_restore(hh_readable *readable, uint64_t *reg) {
  const uint64_t at = reg[HH_REG_STACK] + 128 + 8 + 8 + 24 + 128 + 8 /* padding */;
  return hh_signal_words(readable, at, reg, HH_REG_PC, 1) || hh_signal_words(readable, at + 8, reg, 1, 31) ? -1 : 0;
}
