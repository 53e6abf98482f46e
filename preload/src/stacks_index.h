/* Children of nodes that have many: open addressing over (parent, address). One writer at a time (stacks.c's lock),
 * any number of readers without a lock. */
#ifndef HH_STACKS_INDEX_H
#define HH_STACKS_INDEX_H
#include <stdint.h>

static inline uint64_t hh_stacks_mix(uint32_t parent, uint64_t address) {
  return (address + parent * 0xD6E8FEB86659FD93u) * 0x9E3779B97F4A7C15u;
}

int hh_stacks_index_init(void);                                   /* 0 or -errno */
uint32_t hh_stacks_index_find(uint32_t parent, uint64_t address); /* 0 = not there */
int hh_stacks_index_reserve(void);                                /* room for one more: 0 or -ENOMEM */
void hh_stacks_index_add(uint32_t parent, uint64_t address, uint32_t id);
#endif
