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
 *   hh_arch_init     asks the processor what there is to ask
 *   hh_pc            a return address as found in memory -> where it leads
 *   hh_frame_register  its value in the caller of a function that leaves it alone (see frame.h) */
#ifndef HH_UNWIND_ARCH_H
#define HH_UNWIND_ARCH_H
#include "hidden.h"
#include <stdint.h>
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
#else
#error "the unwinder has no rules for this architecture yet"
#endif

typedef uintptr_t hh_word; /* of a stack */
enum { HH_WORD = sizeof(hh_word) };
#endif
