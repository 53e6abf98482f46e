#include "stacks_index.h"
#include "arena.h"
#include <errno.h>

enum { FIRST_BITS = 8 };

typedef struct index_entry {
  uint64_t address;
  uint32_t parent, id; /* id 0 = free; stored last */
} index_entry;

/* A table that became too small is replaced, never freed: a reader may still be in it. All old ones together are as
 * large as the current one. */
typedef struct index_table {
  uint32_t bits, count;
  index_entry entry[];
} index_table;

static index_table *table;

static index_table *new_table(uint32_t bits) {
  index_table *fresh = hh_pages(sizeof *fresh + (sizeof(index_entry) << bits), "stack index");
  if (fresh)
    fresh->bits = bits;
  return fresh;
}

int hh_stacks_index_init(void) {
  table = new_table(FIRST_BITS);
  return table ? 0 : -ENOMEM;
}

uint32_t hh_stacks_index_find(uint32_t parent, uint64_t address) {
  const index_table *current = __atomic_load_n(&table, __ATOMIC_ACQUIRE);
  const uint32_t mask = (1u << current->bits) - 1;
  for (uint32_t i = (uint32_t)(hh_stacks_mix(parent, address) >> (64 - current->bits));; i = (i + 1) & mask) {
    const index_entry *entry = &current->entry[i];
    uint32_t id = __atomic_load_n(&entry->id, __ATOMIC_ACQUIRE); /* pairs with the release in put */
    if (!id || (entry->address == address && entry->parent == parent))
      return id;
  }
}

static void put(index_table *into, uint32_t parent, uint64_t address, uint32_t id) {
  const uint32_t mask = (1u << into->bits) - 1;
  uint32_t i = (uint32_t)(hh_stacks_mix(parent, address) >> (64 - into->bits));
  while (into->entry[i].id)
    i = (i + 1) & mask;
  into->entry[i].address = address;
  into->entry[i].parent = parent;
  __atomic_store_n(&into->entry[i].id, id, __ATOMIC_RELEASE);
  into->count++;
}

int hh_stacks_index_reserve(void) {
  if (table->count * 2 < 1u << table->bits)
    return 0;
  index_table *grown = new_table(table->bits + 1);
  if (!grown)
    return -ENOMEM;
  for (uint32_t i = 0; i < 1u << table->bits; i++) {
    const index_entry *entry = &table->entry[i];
    if (entry->id)
      put(grown, entry->parent, entry->address, entry->id);
  }
  __atomic_store_n(&table, grown, __ATOMIC_RELEASE);
  return 0;
}

void hh_stacks_index_add(uint32_t parent, uint64_t address, uint32_t id) {
  put(table, parent, address, id);
}
