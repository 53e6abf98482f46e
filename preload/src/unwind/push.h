/* Frames that were walked afresh become entries of the memo. */
#ifndef HH_UNWIND_PUSH_H
#define HH_UNWIND_PUSH_H
#include "memo.h"

/* Where a frame that a common step led to was returned to from. */
static inline uint64_t hh_memo_return_at(const hh_fresh_frame *frame) {
  return hh_slot_address(frame->sp, HH_LINK_REGISTER ? HH_RULE_RETURN(frame[-1].rule) : 1u);
}

/* With a link register, one frame's return address may be saved here by one caller of the allocator and there by the
 * next. So the frame that matches takes over the place where this walk has read it. made: fresh frames inside it. */
static inline void hh_memo_relocate(hh_memo *memo, const hh_memo_entry *entry, uint32_t made) {
  if (!HH_LINK_REGISTER || !made)
    return;
  const hh_fresh_frame *inner = &memo->fresh[made - 1];
  memo->word[entry->word].address = (const hh_word *)(uintptr_t)hh_slot_address(entry->sp, HH_RULE_RETURN(inner->rule));
}

/* Pushes fresh[0 .. made) (innermost first) onto entry[0 .. keep). base: the node that the outermost frame hangs under
 * when keep is 0. frame: the frame register in the innermost kept frame. flags: HH_FRAME_CUT or 0. Returns the
 * innermost frame's node, 0 when the stack table is full. The memo must have room for all. */
uint32_t hh_memo_push(hh_memo *memo, hh_stack_cache *cache, uint32_t keep, uint32_t made, uint32_t base, uint64_t frame,
                      uint32_t flags);
#endif
