#ifndef HH_UNWIND_ARCH_AMD64_H
#define HH_UNWIND_ARCH_AMD64_H
enum { HH_REGISTERS = 17, HH_REG_FRAME = 6 /* rbp */, HH_REG_STACK = 7 /* rsp */, HH_REG_PC = 16 /* rip */ };
enum { HH_LINK_REGISTER = 0, HH_CFA_BIAS = 0, HH_SLOT_BASE = 0, HH_FRAME_UNIT = 8, HH_READS_CODE = HH_READS_MUSL };
enum { HH_RULE_OFFSET_BITS = 15, HH_RULE_RETURN_BITS = 0, HH_RULE_SLOT_BITS = 11 };
enum { HH_GUESS = 1, HH_GUESS_RETURN_AT = 8, HH_GUESS_FRAME_AT = 0, HH_GUESS_STACK_AT = 16 };

static inline void hh_arch_init(void) {}
static inline uint64_t hh_pc(uint64_t address) {
  return address;
}
#endif
