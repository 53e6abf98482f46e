#ifndef HH_UNWIND_ARCH_RISCV64_H
#define HH_UNWIND_ARCH_RISCV64_H
enum { HH_REGISTERS = 33, HH_REG_LINK = 1, HH_REG_STACK = 2, HH_REG_FRAME = 8 /* s0 */, HH_REG_PC = 32 };
enum { HH_LINK_REGISTER = 1, HH_CFA_BIAS = 0, HH_SLOT_BASE = 0, HH_FRAME_UNIT = 16, HH_READS_CODE = 0 };
enum { HH_RULE_OFFSET_BITS = 11, HH_RULE_RETURN_BITS = 8, HH_RULE_SLOT_BITS = 8 };
enum { HH_GUESS = 1, HH_GUESS_RETURN_AT = -8, HH_GUESS_FRAME_AT = -16, HH_GUESS_STACK_AT = 0 };

static inline void hh_arch_init(void) {}
static inline uint64_t hh_pc(uint64_t address) {
  return address;
}
static inline void *hh_frame_register(void) {
  void *frame;
  __asm__ volatile("mv %0, s0" : "=r"(frame));
  return frame;
}
#endif
