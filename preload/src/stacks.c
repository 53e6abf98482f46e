#include "stacks.h"
#include "arena.h"
#include "stacks_find.h"
#include "stacks_index.h"
#include "unwind/lock.h"
#include <errno.h>
#include <string.h>

_Static_assert(sizeof(hh_stack_node) == 24, "16.7 M nodes are 400 MB of address space");

enum {
  NODES_MAX = sizeof(void *) == 8 ? 1 << 24 : 1 << 22, /* 32 bits: 100 MB of what pointers reach */
  NODES_MIN = 1 << 16,                                 /* what a process with little address space gets */
  CHILDREN_IN_LIST = 8,                                /* further children of a node are found by hash */
};
#define MORE_BY_HASH 0x80000000u /* in `first` */

hh_stack_node *hh_stack_nodes;
static uint32_t node_room;
static uint32_t node_count; /* ids 1 .. node_count are defined */
static uint32_t current_root;
static hh_lock insert_lock;

uint32_t hh_stacks_count(void) {
  return __atomic_load_n(&node_count, __ATOMIC_ACQUIRE);
}
uint32_t hh_stacks_root(void) {
  return __atomic_load_n(&current_root, __ATOMIC_ACQUIRE);
}
const hh_stack_node *hh_stacks_node(uint32_t id) {
  return &hh_stack_nodes[id];
}

/* Under the lock. The count goes up before anybody can find the node: whoever hears of an id finds the count to cover
 * it. */
static uint32_t new_node(uint32_t parent, uint64_t address, uint32_t next) {
  if (node_count + 1 >= node_room)
    return 0;
  uint32_t id = node_count + 1;
  hh_stack_node *node = &hh_stack_nodes[id];
  node->address = address;
  node->parent = parent;
  node->next = next;
  __atomic_store_n(&node_count, id, __ATOMIC_RELEASE); /* pairs with hh_stacks_count */
  return id;
}

static void new_root(void) {
  uint32_t id = new_node(0, HH_STACK_ROOT, 0);
  if (id)
    __atomic_store_n(&current_root, id, __ATOMIC_RELEASE);
}

int hh_stacks_init(void) {
  for (node_room = NODES_MAX; node_room >= NODES_MIN; node_room /= 2) {
    hh_stack_nodes = hh_pages_reserve(node_room * sizeof *hh_stack_nodes, "stack nodes");
    if (hh_stack_nodes)
      break;
  }
  if (!hh_stack_nodes || hh_stacks_index_init())
    return -ENOMEM;
  new_root();
  return 0;
}

void hh_stacks_new_generation(void) {
  hh_lock_take(&insert_lock);
  new_root(); /* a full table keeps the old root: no new nodes can come either */
  hh_lock_release(&insert_lock);
}

static void set_hot(uint32_t parent, uint32_t id) {
  __atomic_store_n(&hh_stack_nodes[parent].hot, id, __ATOMIC_RELEASE);
}

/* Lock-free: lists and index only grow, and a node is complete before it is linked. */
static uint32_t find(uint32_t parent, uint64_t address) {
  uint32_t first = __atomic_load_n(&hh_stack_nodes[parent].first, __ATOMIC_ACQUIRE);
  for (uint32_t child = first & ~MORE_BY_HASH; child; child = hh_stack_nodes[child].next) {
    if (hh_stack_nodes[child].address == address)
      return child;
  }
  return first & MORE_BY_HASH ? hh_stacks_index_find(parent, address) : 0;
}

static int list_has_room(uint32_t first) {
  int length = 0;
  for (uint32_t child = first & ~MORE_BY_HASH; child; child = hh_stack_nodes[child].next)
    length++;
  return length < CHILDREN_IN_LIST;
}

/* Under the lock. */
static uint32_t insert(uint32_t parent, uint64_t address) {
  uint32_t first = hh_stack_nodes[parent].first;
  int in_list = list_has_room(first);
  if (!in_list && hh_stacks_index_reserve())
    return 0;
  uint32_t id = new_node(parent, address, in_list ? first & ~MORE_BY_HASH : 0);
  if (!id)
    return 0;
  if (!in_list)
    hh_stacks_index_add(parent, address, id);
  uint32_t changed = in_list ? id | (first & MORE_BY_HASH) : first | MORE_BY_HASH;
  __atomic_store_n(&hh_stack_nodes[parent].first, changed, __ATOMIC_RELEASE); /* pairs with the acquire in find */
  return id;
}

static uint32_t find_or_insert(uint32_t parent, uint64_t address) {
  uint32_t id = find(parent, address);
  if (!id) {
    hh_lock_take(&insert_lock);
    id = find(parent, address);
    if (!id)
      id = insert(parent, address);
    hh_lock_release(&insert_lock);
  }
  if (id)
    set_hot(parent, id);
  return id;
}

uint32_t hh_stacks_child(uint32_t parent, uint64_t address, hh_stack_cache *cache) {
  const uint32_t slot = (uint32_t)(hh_stacks_mix(parent, address) >> cache->shift);
  if (cache->entry[slot].address == address && cache->entry[slot].parent == parent)
    return cache->entry[slot].id;
  uint32_t id = find_or_insert(parent, address);
  if (id) {
    cache->misses++;
    cache->entry[slot].address = address;
    cache->entry[slot].parent = parent;
    cache->entry[slot].id = id;
  }
  return id;
}

void hh_stacks_after_fork(void) {
  insert_lock.word = 0;
}
