#include "walk_end.h"
#include "../stacks_find.h"
#include "walk_full.h"

typedef struct collected {
  hh_memo *memo;
  uint32_t count;
} collected;

static int collect(void *context, uint64_t address) {
  collected *into = context;
  hh_memo *memo = into->memo;
  if (into->count + 1 >= HH_MAX_FRAMES || (into->count == memo->capacity && hh_memo_grow(memo)))
    return 1;
  memo->fresh[into->count++].pc = address;
  return 0;
}

__attribute__((noinline, cold)) uint32_t hh_walk_interpreted(hh_walker *walker, void *const *frame, uint32_t root,
                                                             enum hh_asking asking) {
  hh_memo *memo = walker->memo;
  collected frames = {memo, 0};
  int guessed = 0;
  enum hh_full_end end = hh_walk_full(&memo->readable, frame, asking, collect, &frames, &guessed);
  const uint32_t flags = (guessed ? HH_FRAME_GUESSED : 0) | (end == HH_FULL_END ? 0 : HH_FRAME_CUT);
  uint32_t node = root;
  if (end != HH_FULL_END)
    node = hh_stacks_find(node, HH_STACK_CUT, walker->cache);
  while (node && frames.count-- > 0)
    node = hh_stacks_find(node, memo->fresh[frames.count].pc, walker->cache);
  return node ? hh_walk_report(walker, node, flags) : hh_walk_none(walker);
}
