/* A frame rule in 29 bits: how to get from a frame's state (sp, frame register) to its caller's.
 *
 *   bit  0..2   kind
 *   bit  3..17  CFA offset; in place it is the offset in bytes, as offsets are multiples of 8
 *   bit 18..28  k: the frame register is saved at CFA - 8 k; 0 = unchanged
 *
 * For a special rule bits 3..17 are its number. 98 % of all addresses have a rule of kind 0, 1.8 % of kind 1. */
#ifndef HH_UNWIND_RULE_H
#define HH_UNWIND_RULE_H
#include "hidden.h"
#include <stdint.h>

typedef uint32_t hh_rule;

enum hh_rule_kind {
  HH_RULE_STACK = 0,   /* CFA = sp + offset, return address at CFA - 8 */
  HH_RULE_FRAME = 1,   /* CFA = frame register + offset, return address at CFA - 8 */
  HH_RULE_END = 2,     /* the outermost frame */
  HH_RULE_SPECIAL = 3, /* see hh_special */
  HH_RULE_FULL = 4,    /* needs registers that are not tracked: only the full walker can */
  HH_RULE_GUESS = 5,   /* no unwind data: take the frame register for a frame pointer, and say so */
  HH_RULE_UNKNOWN = 6, /* no unwind data yet known, and now is no time to ask the loader; never cached */
};

enum { HH_RULE_OFFSET_BITS = 15, HH_RULE_SLOT_BITS = 11, HH_RULE_BITS = 30 };

#define HH_RULE_KIND(rule)              ((rule)&7u)
#define HH_RULE_OFFSET(rule)            ((uint64_t)((rule) & (((1u << HH_RULE_OFFSET_BITS) - 1) << 3)))
#define HH_RULE_NUMBER(rule)            (((rule) >> 3) & ((1u << HH_RULE_OFFSET_BITS) - 1))
#define HH_RULE_SLOT(rule)              (((rule) >> 18) & ((1u << HH_RULE_SLOT_BITS) - 1))
#define HH_RULE_MAKE(kind, words, slot) ((hh_rule)(kind) | (hh_rule)(words) << 3 | (hh_rule)(slot) << 18)

enum hh_base { HH_BASE_CFA, HH_BASE_STACK, HH_BASE_FRAME, HH_BASE_SAME };

/* Realigned frames, signal frames, PLT stubs. */
typedef struct hh_special {
  uint8_t cfa_base, cfa_deref;     /* CFA = base + offset, or the word there */
  uint8_t return_base, frame_base; /* where return address and frame register are saved; SAME: it is unchanged */
  uint8_t signal;                  /* its caller was interrupted: that pc is exact */
  int32_t cfa_offset, return_offset, frame_offset;
} hh_special;

enum { HH_SPECIALS = 1024 };
extern HH_HIDDEN hh_special hh_specials[HH_SPECIALS]; /* append-only; a rule that names one was published after it */
#endif
