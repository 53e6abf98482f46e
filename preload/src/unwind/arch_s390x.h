#ifndef HH_UNWIND_ARCH_S390X_H
#define HH_UNWIND_ARCH_S390X_H
enum { HH_REGISTERS = 33, HH_REG_FRAME = 11, HH_REG_LINK = 14, HH_REG_STACK = 15, HH_REG_PC = 32 };
/* The CFA is 160 bytes above the caller's stack pointer: what lies between is the callee's, to save registers in. */
enum { HH_LINK_REGISTER = 1, HH_CFA_BIAS = 160, HH_SLOT_BASE = 160, HH_FRAME_UNIT = 8, HH_READS_CODE = 0 };
enum { HH_RULE_OFFSET_BITS = 11, HH_RULE_RETURN_BITS = 8, HH_RULE_SLOT_BITS = 8 };
/* No chain of frames unless a program is compiled for one. */
enum { HH_GUESS = 0, HH_GUESS_RETURN_AT = 0, HH_GUESS_FRAME_AT = 0, HH_GUESS_STACK_AT = 0 };

static inline void hh_arch_init(void) {}
static inline uint64_t hh_pc(uint64_t address) {
  return address;
}
static inline void *hh_frame_register(void) {
  void *frame;
  __asm__ volatile("lgr %0, %%r11" : "=r"(frame));
  return frame;
}
#endif
