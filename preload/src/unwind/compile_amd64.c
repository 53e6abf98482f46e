#include "code.h"
#include "compile.h"
#include "loader_watch.h"

/* musl's signal trampoline has no unwind data: known by its code, mov $15 (rt_sigreturn), %rax; syscall. The stack
 * pointer is at the ucontext then, whose registers are 40 bytes in. */
static int is_signal_trampoline(const hh_image *image, uint64_t address) {
  static const uint8_t code[] = {0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05};
  hh_reader r = hh_image_reader(image, address + 1);
  return !r.bad && hh_read_left(&r) >= sizeof code && !memcmp(r.at, code, sizeof code);
}

static hh_rule signal_trampoline(void) {
  enum { REGISTERS = 40, RBP = 10 * 8, RSP = 15 * 8, RIP = 16 * 8 };
  hh_special special;
  memset(&special, 0, sizeof special);
  special.cfa_base = special.return_base = special.frame_base = HH_BASE_STACK;
  special.cfa_deref = special.signal = 1;
  special.cfa_offset = REGISTERS + RSP;
  special.return_offset = REGISTERS + RIP;
  special.frame_offset = REGISTERS + RBP;
  return hh_rule_special(&special);
}

int hh_rule_by_code(const hh_image *image, uint64_t address, hh_rule *rule) {
  (void)image, (void)address, (void)rule;
  return -1; /* unwind data of trampolines is right here, where there is any */
}

int hh_rule_without_data(const hh_image *image, uint64_t address, hh_rule *rule) {
  if (image && is_signal_trampoline(image, address)) {
    *rule = signal_trampoline();
    return 0;
  }
  if (image && hh_loader_is_libc && hh_loader_contains(address))
    return hh_code_rule(image, address, rule);
  return -1;
}
