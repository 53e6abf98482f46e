/* A frame rule in 30 bits: how to get from a frame's state (sp, frame register) to its caller's. Four numbers, from bit
 * 0:
 *
 *                     amd64   others
 *   kind                3       3
 *   size             15 x 8  11 x 16   bytes from the base (sp or frame register) to the caller's sp
 *   return slot         0       8      where the return address is saved (amd64: always slot 1)
 *   frame slot         11       8      where the frame register is saved; 0 = unchanged
 *
 * Slot k is the k-th word down from the caller's sp (+ HH_SLOT_BASE). A special rule has its number in place of the
 * size. On amd64 98 % of all addresses have a rule of kind 0, 1.8 % of kind 1. */
#ifndef HH_UNWIND_RULE_H
#define HH_UNWIND_RULE_H
#include "arch.h"
#include <stdint.h>

typedef uint32_t hh_rule;

enum hh_rule_kind {
  HH_RULE_STACK = 0,   /* base is sp */
  HH_RULE_FRAME = 1,   /* base is the frame register */
  HH_RULE_END = 2,     /* the outermost frame */
  HH_RULE_SPECIAL = 3, /* see hh_special */
  HH_RULE_FULL = 4,    /* needs registers that are not tracked: only the full walker can */
  HH_RULE_GUESS = 5,   /* no unwind data: take the frame register for a frame pointer, and say so */
  HH_RULE_UNKNOWN = 6, /* no unwind data yet known, and now is no time to ask the loader; never cached */
};

enum {
  HH_RULE_BITS = 30,
  HH_RULE_NUMBER_BITS = 15,
  HH_RULE_RETURN_SHIFT = 3 + HH_RULE_OFFSET_BITS,
  HH_RULE_SLOT_SHIFT = HH_RULE_RETURN_SHIFT + HH_RULE_RETURN_BITS,
};

#define HH_RULE_MASK(bits) ((1u << (bits)) - 1)
#define HH_RULE_KIND(rule) ((rule)&7u)
/* In place it is a multiple of 8. */
#define HH_RULE_OFFSET(rule)                                                                                           \
  ((uint64_t)((rule) & (HH_RULE_MASK(HH_RULE_OFFSET_BITS) << 3)) * (uint64_t)HH_FRAME_UNIT / 8)
#define HH_RULE_NUMBER(rule) (((rule) >> 3) & HH_RULE_MASK(HH_RULE_NUMBER_BITS))
#define HH_RULE_RETURN(rule)                                                                                           \
  (HH_LINK_REGISTER ? ((rule) >> HH_RULE_RETURN_SHIFT) & HH_RULE_MASK(HH_RULE_RETURN_BITS) : 1u)
#define HH_RULE_SLOT(rule) (((rule) >> HH_RULE_SLOT_SHIFT) & HH_RULE_MASK(HH_RULE_SLOT_BITS))
/* number: of units, or of a special rule */
#define HH_RULE_MAKE(kind, number, slot)                                                                               \
  ((hh_rule)(kind) | (hh_rule)(number) << 3 | (hh_rule)(slot) << HH_RULE_SLOT_SHIFT)
#define HH_RULE_MAKE_RETURN(slot) (HH_LINK_REGISTER ? (hh_rule)(slot) << HH_RULE_RETURN_SHIFT : 0)

_Static_assert(HH_RULE_SLOT_SHIFT + HH_RULE_SLOT_BITS <= HH_RULE_BITS,
               "a rule shares its word with 34 bits of address");

static inline uint64_t hh_slot_address(uint64_t stack, uint64_t slot) {
  return stack + (uint64_t)HH_SLOT_BASE - HH_WORD * slot;
}

enum hh_base { HH_BASE_CFA, HH_BASE_STACK, HH_BASE_FRAME, HH_BASE_SAME };

/* Realigned frames, signal frames, PLT stubs. "CFA" is the caller's stack pointer here, whatever DWARF counts from. */
typedef struct hh_special {
  uint8_t cfa_base, cfa_deref;     /* CFA = base + offset, or the word there */
  uint8_t return_base, frame_base; /* where return address and frame register are saved; SAME: it is unchanged */
  uint8_t signal;                  /* its caller was interrupted: that pc is exact */
  int32_t cfa_offset, return_offset, frame_offset;
} hh_special;

enum { HH_SPECIALS = 1024 };
extern HH_HIDDEN hh_special hh_specials[HH_SPECIALS]; /* append-only; a rule that names one was published after it */
#endif
