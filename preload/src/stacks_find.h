/* The part of a look-up in the stack table that a walk wants inlined: most frames are the child found last. */
#ifndef HH_STACKS_FIND_H
#define HH_STACKS_FIND_H
#include "stacks.h"
#include "unwind/hidden.h"

extern HH_HIDDEN hh_stack_node *hh_stack_nodes;

static inline __attribute__((always_inline)) uint32_t hh_stacks_find(uint32_t parent, uint64_t address,
                                                                     hh_stack_cache *cache) {
  uint32_t hot = __atomic_load_n(&hh_stack_nodes[parent].hot, __ATOMIC_ACQUIRE);
  /* Node 0 is never a child and has address 0, which is never asked for. */
  if (__builtin_expect(hh_stack_nodes[hot].address == address, 1))
    return hot;
  return hh_stacks_child(parent, address, cache);
}
#endif
