/* The stack table: a trie of (parent, call address). A node's id is a stack; ids ascend from 1 and never change.
 * Look-ups are lock-free, inserts take a short spin lock. Nodes are only ever added, so a reader that saw
 * hh_stacks_count() >= id may read node id without further care. */
#ifndef HH_STACKS_H
#define HH_STACKS_H
#include <stddef.h>
#include <stdint.h>

typedef struct hh_stack_node {
  uint64_t address; /* call address: return address - 1, or the exact pc of an interrupted frame; 0 root, 1 cut here */
  uint32_t hot;     /* the child found last; a hint */
  uint32_t first, next; /* list of children */
  uint32_t parent;      /* 0 for roots */
} hh_stack_node;

enum { HH_STACK_ROOT = 0, HH_STACK_CUT = 1 };

/* Per thread, in front of the trie. */
enum { HH_STACK_CACHE_SMALL = 4, HH_STACK_CACHE_LARGE = 9 }; /* log2 of the entries */
typedef struct hh_stack_cache {
  uint32_t shift;  /* of a hash, to a slot: 64 - log2 of the entries */
  uint32_t misses; /* so far */
  struct {
    uint64_t address;
    uint32_t parent, id;
  } entry[1 << HH_STACK_CACHE_LARGE]; /* a thread begins with a small one, which ends before */
} hh_stack_cache;
static inline size_t hh_stack_cache_bytes(uint32_t bits) {
  return offsetof(hh_stack_cache, entry) + (sizeof((hh_stack_cache *)0)->entry[0] << bits);
}

int hh_stacks_init(void);                                                           /* 0 or -errno */
uint32_t hh_stacks_root(void);                                                      /* root of the current generation */
uint32_t hh_stacks_child(uint32_t parent, uint64_t address, hh_stack_cache *cache); /* 0 when the table is full */
void hh_stacks_new_generation(void); /* after an unload: equal addresses get new nodes from now on */
uint32_t hh_stacks_count(void);      /* acquire; ids 1 .. count are defined */
const hh_stack_node *hh_stacks_node(uint32_t id);
void hh_stacks_after_fork(void); /* in the child: another thread may have held the lock */
#endif
