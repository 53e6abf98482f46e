/* The addresses whose deallocation is to be recorded although most are not: sampled blocks, and those from before
 * sampling began. A bit per slot in front of chains: a deallocation of any other block reads that bit and is done.
 * Neighbouring blocks have neighbouring bits, so that the bits stay in the cache that the program's own heap uses. */
#ifndef HH_SAMPLE_SET_H
#define HH_SAMPLE_SET_H
#include "common.h"

enum { HH_SAMPLE_SLOT_BITS = 18 };
extern uint64_t *hh_sample_bits;

int hh_sample_set_init(void); /* 0 or -errno */
void hh_sample_set_clear(void);
/* Async-signal-safe as long as no handler enters them twice on one thread (guard.h). Nobody waits: false when there is
 * no room, or another thread was interrupted while it held the slot. An address may be in the set several times. */
bool hh_sample_set_add(const void *block);
bool hh_sample_set_add_once(const void *block); /* true also when it is there already */
/* 1: it was there; 0: it was not; -EBUSY: there is no telling now. */
int hh_sample_set_remove(const void *block);
uint64_t hh_sample_set_bytes(void);

HH_INLINE uint32_t hh_sample_slot(const void *block) {
  uintptr_t address = (uintptr_t)block;
  return (uint32_t)(address >> 4 ^ address >> (4 + HH_SAMPLE_SLOT_BITS)) & ((1u << HH_SAMPLE_SLOT_BITS) - 1);
}

HH_INLINE bool hh_sample_set_may_have(const void *block) {
  uint32_t slot = hh_sample_slot(block);
  return __atomic_load_n(&hh_sample_bits[slot / 64], __ATOMIC_RELAXED) >> slot % 64 & 1;
}
#endif
