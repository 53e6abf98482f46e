#ifndef HH_UNWIND_ARCH_ARMV7_H
#define HH_UNWIND_ARCH_ARMV7_H
/* The frame register is Thumb's. Code in the ARM state has r11 instead: not tracked, the full walker passes it. */
enum { HH_REGISTERS = 16, HH_REG_FRAME = 7, HH_REG_STACK = 13, HH_REG_LINK = 14, HH_REG_PC = 15 };
enum { HH_LINK_REGISTER = 1, HH_CFA_BIAS = 0, HH_SLOT_BASE = 0, HH_FRAME_UNIT = 8, HH_READS_CODE = HH_READS_ALL };
#define HH_HAS_EXIDX        1
#define HH_UNDESCRIBED_ENDS 1
enum { HH_RULE_OFFSET_BITS = 11, HH_RULE_RETURN_BITS = 8, HH_RULE_SLOT_BITS = 8 };
/* Thumb's frame pointer says nothing of where it and the return address are saved. */
enum { HH_GUESS = 0, HH_GUESS_RETURN_AT = 0, HH_GUESS_FRAME_AT = 0, HH_GUESS_STACK_AT = 0 };

static inline void hh_arch_init(void) {}
/* Bit 0 says that the code there is Thumb's. */
static inline uint64_t hh_pc(uint64_t address) {
  return address & ~(uint64_t)1;
}
static inline void *hh_frame_register(void) {
  void *frame;
  __asm__ volatile("mov %0, r7" : "=r"(frame));
  return frame;
}
#endif
