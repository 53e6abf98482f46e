#include "arch.h"
#include "signal_code.h"
#include "signal_registers.h"

/* The kernel's trampoline first takes down the handler's frame; that of emulators does not, and has another place for
 * the registers. */
static const uint32_t of_kernel[] = {0x38210080 /* addi 1, 1, 128 */, 0x380000ac /* li 0, 172: rt_sigreturn */,
                                     0x44000002 /* sc */};
enum { HANDLER_FRAME = 128, EMULATED_HANDLER_FRAME = 144 };

int hh_signal_is_trampoline(const hh_image *image, uint64_t address) {
  return hh_code_equals(image, address, of_kernel, sizeof of_kernel) ||
         hh_code_equals(image, address, of_kernel + 1, sizeof of_kernel - sizeof *of_kernel);
}

/* Above the handler's frame is the ucontext: flags, link, stack, 128 bytes of mask, eight words of other things, then
 * {r0 to r31, pc, msr, r3, ctr, lr}. */
int hh_signal_restore(hh_readable *readable, uint64_t *reg) {
  const uint32_t first = *(const uint32_t *)(uintptr_t)reg[HH_REG_PC]; /* was read by hh_signal_is_trampoline */
  const uint64_t context = reg[HH_REG_STACK] + (first == of_kernel[0] ? HANDLER_FRAME : EMULATED_HANDLER_FRAME);
  const uint64_t at = context + 8 + 8 + 24 + 128 + 64;
  return hh_signal_words(readable, at, reg, 0, 32) || hh_signal_words(readable, at + 32 * 8, reg, HH_REG_PC, 1) ||
                 hh_signal_words(readable, at + 36 * 8, reg, HH_REG_LINK, 1)
             ? -1
             : 0;
}
