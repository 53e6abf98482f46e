#include "arch.h"
#include "signal_code.h"

int hh_signal_is_trampoline(const hh_image *image, uint64_t address) {
  static const uint32_t code[] = {0xd2801168 /* mov x8, #139: rt_sigreturn */, 0xd4000001 /* svc #0 */};
  return hh_code_equals(image, address, code, sizeof code);
}

/* The stack pointer is at siginfo (128 bytes), behind it the ucontext: flags, link, stack, 128 bytes of mask, then,
 * aligned to 16, {fault address, x0 to x30, sp, pc}. */
int hh_signal_restore(hh_readable *readable, uint64_t *reg) {
  enum { REGISTERS = 128 + 8 + 8 + 24 + 128 + 8 /* padding */ + 8 };
  const uint64_t start = reg[HH_REG_STACK] + REGISTERS;
  for (uint64_t i = 0; i < HH_REGISTERS; i++) {
    if (!hh_readable_check(readable, start + 8 * i))
      return -1;
    reg[i] = *(const uint64_t *)(uintptr_t)(start + 8 * i);
  }
  return 0;
}
