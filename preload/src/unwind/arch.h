/* What the unwinder must know of an architecture; docs/adr/0018 says how they differ. Each arch_*.h defines:
 *
 *   HH_REGISTERS     DWARF columns that are followed; one more, HH_REG_PC, where the program counter has none
 *   HH_REG_*         columns of frame register, stack pointer, program counter
 *   HH_CFA_BIAS      CFA - stack pointer of the caller at a call
 *   HH_SLOT_BASE     slot k of a rule is the word at (caller's stack pointer) + HH_SLOT_BASE - k words
 *   HH_FRAME_UNIT    sizes of frames are multiples of this many bytes
 *   HH_RULE_*_BITS   widths of a rule's numbers (rule.h)
 *   HH_LINK_REGISTER 0: a call pushes the return address. 1: it is a register, which a function that calls saves
 * anywhere HH_GUESS_*       what a frame pointer points at in code without unwind data, if there is a convention
 *   HH_READS_CODE    machine code without unwind data: 0 = nobody reads it, or one of HH_READS_*
 *   HH_UNDESCRIBED_ENDS  defined where no unwind data says that a frame is the outermost one
 *   HH_BACK_CHAIN    defined where the word at the stack pointer is the caller's stack pointer, in all code
 *   HH_HAS_EXIDX     defined where .ARM.exidx may be all the unwind data there is
 *   hh_arch_init     asks the processor what there is to ask
 *   hh_pc            a return address as found in memory -> where it leads
 *   hh_frame_register  its value in the caller of a function that leaves it alone (see frame.h) */
#ifndef HH_UNWIND_ARCH_H
#define HH_UNWIND_ARCH_H
#include "hidden.h"
#include <stdint.h>
#define HH_READS_MUSL 1
#define HH_READS_ALL  2

#if defined(__x86_64__)
#include "arch_amd64.h"
#elif defined(__aarch64__)
#include "arch_arm64.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "arch_riscv64.h"
#elif defined(__s390x__)
#include "arch_s390x.h"
#elif defined(__mips64)
#include "arch_mips64el.h"
#elif defined(__powerpc64__) && _CALL_ELF == 2
#include "arch_ppc64le.h"
#elif defined(__arm__) && defined(__ARM_EABI__)
#include "arch_armv7.h"
#else
#error "the unwinder has no rules for this architecture yet"
#endif

#ifndef HH_UNDESCRIBED_ENDS
#define HH_UNDESCRIBED_ENDS 0
#endif
#ifndef HH_BACK_CHAIN
#define HH_BACK_CHAIN 0
#endif
#ifndef HH_THREAD_POINTER
#define HH_THREAD_POINTER() __builtin_thread_pointer()
#endif
#ifndef HH_HAS_EXIDX
#define HH_HAS_EXIDX 0
#endif

typedef uintptr_t hh_word; /* of a stack */
enum { HH_WORD = sizeof(hh_word) };
#endif
