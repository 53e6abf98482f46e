#include "arch.h"
#include "signal_code.h"
#include "signal_registers.h"

enum { SIGRETURN = 119, RT_SIGRETURN = 173 };

/* mov r7, #number; svc: in the ARM state or in Thumb's, by libc, by the kernel (whose svc has a number of its own), and
 * in two lengths. The handler returns to it with the state's bit, which is not part of the address. */
static int calls(const hh_image *image, uint64_t address, uint8_t number) {
  const uint32_t arm[] = {0xe3a07000u | number, 0xef000000}, arm_old[] = {0xe3a07000u | number, 0xef900000u | number};
  const uint16_t thumb[] = {(uint16_t)(0x2700 | number), 0xdf00},
                 wide[] = {0xf04f, (uint16_t)(0x0700 | number), 0xdf00};
  return hh_code_equals(image, address, arm, sizeof arm) || hh_code_equals(image, address, arm_old, sizeof arm_old) ||
         hh_code_equals(image, address, thumb, sizeof thumb) || hh_code_equals(image, address, wide, sizeof wide);
}

int hh_signal_is_trampoline(const hh_image *image, uint64_t address) {
  return calls(image, address, RT_SIGRETURN) || calls(image, address, SIGRETURN);
}

/* At the stack pointer is siginfo (128 bytes) if the handler asked for it, then the ucontext: flags, link, stack, three
 * words of other things, r0 to r15. */
int hh_signal_restore(hh_readable *readable, uint64_t *reg) {
  enum { SIGINFO = 128, REGISTERS = 4 + 4 + 12 + 12 };
  const uint64_t context = reg[HH_REG_STACK] + (calls(NULL, reg[HH_REG_PC], RT_SIGRETURN) ? SIGINFO : 0);
  return hh_signal_words(readable, context + REGISTERS, reg, 0, HH_REGISTERS);
}
