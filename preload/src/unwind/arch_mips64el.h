#ifndef HH_UNWIND_ARCH_MIPS64EL_H
#define HH_UNWIND_ARCH_MIPS64EL_H
enum { HH_REGISTERS = 33, HH_REG_STACK = 29, HH_REG_FRAME = 30, HH_REG_LINK = 31, HH_REG_PC = 32 };
enum { HH_LINK_REGISTER = 1, HH_CFA_BIAS = 0, HH_SLOT_BASE = 0, HH_FRAME_UNIT = 16, HH_READS_CODE = 0 };
enum { HH_RULE_OFFSET_BITS = 11, HH_RULE_RETURN_BITS = 8, HH_RULE_SLOT_BITS = 8 };
/* A frame pointer says nothing of where it and the return address are saved. */
enum { HH_GUESS = 0, HH_GUESS_RETURN_AT = 0, HH_GUESS_FRAME_AT = 0, HH_GUESS_STACK_AT = 0 };

#define HH_UNDESCRIBED_ENDS 1
/* $29 of the hardware points 0x7000 bytes behind the thread's record. */
#define HH_THREAD_POINTER() ((char *)__builtin_thread_pointer() - 0x7000)

static inline void hh_arch_init(void) {}
static inline uint64_t hh_pc(uint64_t address) {
  return address;
}
static inline void *hh_frame_register(void) {
  void *frame;
  __asm__ volatile("move %0, $30" : "=r"(frame));
  return frame;
}
#endif
