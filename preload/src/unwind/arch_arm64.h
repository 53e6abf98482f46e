#ifndef HH_UNWIND_ARCH_ARM64_H
#define HH_UNWIND_ARCH_ARM64_H
enum { HH_REGISTERS = 33, HH_REG_FRAME = 29, HH_REG_LINK = 30, HH_REG_STACK = 31, HH_REG_PC = 32 };
enum { HH_LINK_REGISTER = 1, HH_CFA_BIAS = 0, HH_SLOT_BASE = 0, HH_FRAME_UNIT = 16, HH_READS_CODE = HH_READS_MUSL };
enum { HH_RULE_OFFSET_BITS = 11, HH_RULE_RETURN_BITS = 8, HH_RULE_SLOT_BITS = 8 };
/* The frame record lies at the bottom of a frame: where its caller's stack pointer was, nobody wrote down. gcc's frames
 * have theirs right there, so the caller's frame pointer is taken for its stack pointer. */
enum { HH_GUESS = 1, HH_GUESS_RETURN_AT = 8, HH_GUESS_FRAME_AT = 0, HH_GUESS_STACK_AT = -1 };

/* Return addresses may be signed, in the bits above those of addresses: how many these are, the processor is asked once
 * (arch_arm64.c). The memo compares them as they stand. */
extern HH_HIDDEN uint64_t hh_address_mask;
void hh_arch_init(void);

static inline uint64_t hh_pc(uint64_t address) {
  return address & hh_address_mask;
}

static inline void *hh_frame_register(void) {
  void *frame;
  __asm__ volatile("mov %0, x29" : "=r"(frame));
  return frame;
}
#endif
