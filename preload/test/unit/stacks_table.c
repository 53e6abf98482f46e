/* The trie: one id per stack, many children, generations, a full table. */
#include "check.h"
#include "stacks.h"
#include "unit/stacks_within.h"
#include <stdint.h>
#include <string.h>

static hh_stack_cache cache = {.shift = 64 - HH_STACK_CACHE_LARGE};

static uint32_t fill(uint32_t parent) {
  uint32_t last = 0, id;
  for (uint64_t address = 1u << 20; (id = hh_stacks_child(parent, address, &cache)); address++) {
    if (last && id != last + 1)
      return 0;
    last = id;
  }
  return last;
}

int main(void) {
  /* Too little address space for 16.7 million nodes: a smaller table, not a failure. */
  CHECK("init", stacks_init_within(30 << 20) == 0);
  uint32_t root = hh_stacks_root();
  CHECK("root", root == 1 && hh_stacks_node(root)->address == HH_STACK_ROOT && hh_stacks_node(root)->parent == 0);

  enum { CHILDREN = 5000 };
  static uint32_t ids[CHILDREN];
  for (uint32_t i = 0; i < CHILDREN; i++)
    ids[i] = hh_stacks_child(root, 0x1000 + i * 16, &cache);
  int same = 0, right = 0;
  memset(cache.entry, 0, sizeof cache.entry);
  for (uint32_t i = 0; i < CHILDREN; i++) {
    same += hh_stacks_child(root, 0x1000 + i * 16, &cache) == ids[i];
    right += hh_stacks_node(ids[i])->address == 0x1000 + i * 16 && hh_stacks_node(ids[i])->parent == root;
  }
  CHECK("5000 children are found again", same == CHILDREN);
  CHECK("and are what was asked for", right == CHILDREN);
  CHECK("ids have no gaps", hh_stacks_count() == 1 + CHILDREN && ids[CHILDREN - 1] == 1 + CHILDREN);

  hh_stacks_new_generation();
  uint32_t second = hh_stacks_root();
  CHECK("a new root", second != root && hh_stacks_node(second)->address == HH_STACK_ROOT);
  CHECK("equal addresses get new nodes", hh_stacks_child(second, 0x1000, &cache) != ids[0]);
  CHECK("in the old generation they are still there", hh_stacks_child(root, 0x1000, &cache) == ids[0]);

  uint32_t last = fill(second);
  CHECK("the table fills up", last > 100000 && last < 1 << 24 && hh_stacks_count() == last);
  CHECK("and then gives no id", hh_stacks_child(second, 0xdead, &cache) == 0);
  CHECK("but finds what it has", hh_stacks_child(root, 0x1010, &cache) == ids[1]);
  hh_stacks_new_generation();
  CHECK("a full table keeps its root", hh_stacks_root() == second);
  return hh_check_end();
}
