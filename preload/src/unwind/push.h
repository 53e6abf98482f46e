/* Frames that were walked afresh become entries of the memo. */
#ifndef HH_UNWIND_PUSH_H
#define HH_UNWIND_PUSH_H
#include "memo.h"

/* Pushes fresh[0 .. made) (innermost first) onto entry[0 .. keep). base: the node that the outermost frame hangs under
 * when keep is 0. frame: the frame register in the innermost kept frame. flags: HH_FRAME_CUT or 0. Returns the
 * innermost frame's node, 0 when the stack table is full. The memo must have room for all. */
uint32_t hh_memo_push(hh_memo *memo, hh_stack_cache *cache, uint32_t keep, uint32_t made, uint32_t base, uint64_t frame,
                      uint32_t flags);
#endif
