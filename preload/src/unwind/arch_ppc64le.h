#ifndef HH_UNWIND_ARCH_PPC64LE_H
#define HH_UNWIND_ARCH_PPC64LE_H
enum { HH_REGISTERS = 67, HH_REG_STACK = 1, HH_REG_FRAME = 31, HH_REG_LINK = 65, HH_REG_PC = 66 };
/* The return address is saved in the caller's frame, 16 bytes in: slot 1. */
enum { HH_LINK_REGISTER = 1, HH_CFA_BIAS = 0, HH_SLOT_BASE = 24, HH_FRAME_UNIT = 16, HH_READS_CODE = 0 };
enum { HH_RULE_OFFSET_BITS = 11, HH_RULE_RETURN_BITS = 8, HH_RULE_SLOT_BITS = 8 };
/* Not by a frame pointer. */
enum { HH_GUESS = 0, HH_GUESS_RETURN_AT = 0, HH_GUESS_FRAME_AT = 0, HH_GUESS_STACK_AT = 0 };
/* The ABI demands it of all code that calls; zero ends the chain. */
#define HH_BACK_CHAIN 1

/* r13 points 0x7000 bytes behind the thread's record. */
register char *hh_thread_register __asm__("r13");
#define HH_THREAD_POINTER() (hh_thread_register - 0x7000)

static inline void hh_arch_init(void) {}
static inline uint64_t hh_pc(uint64_t address) {
  return address;
}
static inline void *hh_frame_register(void) {
  void *frame;
  __asm__ volatile("mr %0, 31" : "=r"(frame));
  return frame;
}
#endif
