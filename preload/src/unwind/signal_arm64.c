#include "arch.h"
#include "signal_code.h"
#include "signal_registers.h"

int hh_signal_is_trampoline(const hh_image *image, uint64_t address) {
  static const uint32_t code[] = {0xd2801168 /* mov x8, #139: rt_sigreturn */, 0xd4000001 /* svc #0 */};
  return hh_code_equals(image, address, code, sizeof code);
}

/* The stack pointer is at siginfo (128 bytes), behind it the ucontext: flags, link, stack, 128 bytes of mask, then,
 * aligned to 16, {fault address, x0 to x30, sp, pc}. */
int hh_signal_restore(hh_readable *readable, uint64_t *reg) {
  enum { REGISTERS = 128 + 8 + 8 + 24 + 128 + 8 /* padding */ + 8 };
  return hh_signal_words(readable, reg[HH_REG_STACK] + REGISTERS, reg, 0, HH_REGISTERS);
}
