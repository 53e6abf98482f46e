/* How a walk ends: with a node and its losses counted, with none, or by the full walker. */
#ifndef HH_UNWIND_WALK_END_H
#define HH_UNWIND_WALK_END_H
#include "memo.h"
#include "rules.h"
#include "unwind.h"

/* For the walker's owner, who takes the counters from another thread. */
static inline void hh_walk_count(uint32_t *loss) {
  __atomic_fetch_add(loss, 1, __ATOMIC_RELAXED);
}

static inline uint32_t hh_walk_report(hh_walker *walker, uint32_t node, uint32_t flags) {
  if (__builtin_expect((flags & (HH_FRAME_GUESSED | HH_FRAME_CUT)) != 0, 0)) {
    if (flags & HH_FRAME_GUESSED)
      hh_walk_count(&walker->losses.guessed);
    if (flags & HH_FRAME_CUT)
      hh_walk_count(&walker->losses.truncated);
  }
  return node;
}

static inline uint32_t hh_walk_none(hh_walker *walker) {
  hh_walk_count(&walker->losses.no_stack);
  return 0;
}

/* The stack by the full walker, which nothing remembers. */
uint32_t hh_walk_interpreted(hh_walker *walker, void *const *frame, uint32_t root, enum hh_asking asking);
#endif
