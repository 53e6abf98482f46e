#include "sample_set.h"

#include <errno.h>

#include "arena.h"
#include "sys/sys.h"
#include "sys/syscall.h"

enum { SLOTS = 1 << HH_SAMPLE_SLOT_BITS, LOCKS = 64, MOST_ENTRIES = 1 << 22 };
enum { SPINS = 200, YIELDS = 20 }; /* the holder runs for nanoseconds, or was interrupted */

typedef struct entry {
  uintptr_t address;
  uint32_t next;
} entry;

uint64_t *hh_sample_bits;

static struct {
  uint32_t *heads;
  entry *entries;     /* from 1 */
  uint32_t made, max; /* entries ever used; that there is room for */
  uint64_t free_head; /* {changes:32, index:32}, as in chunks.c */
  uint32_t lock[LOCKS];
} set;

/* Address space is only reserved, but where the program has a limit for it we take a small part. */
static uint32_t most_entries(void) {
  enum { PART = 64 };
  uint64_t entries = hh_sys_address_space_limit() / PART / sizeof(entry);
  return entries < MOST_ENTRIES ? (uint32_t)entries : MOST_ENTRIES;
}

int hh_sample_set_init(void) {
  if (set.entries)
    return 0;
  set.max = most_entries();
  hh_sample_bits = hh_pages_reserve(SLOTS / 8, "heaphound samples");
  set.heads = hh_pages_reserve(SLOTS * sizeof *set.heads, "heaphound samples");
  set.entries = hh_pages_reserve(((size_t)set.max + 1) * sizeof *set.entries, "heaphound samples");
  return hh_sample_bits && set.heads && set.entries ? 0 : -ENOMEM;
}

void hh_sample_set_clear(void) {
  if (!set.entries)
    return;
  hh_pages_clear(hh_sample_bits, SLOTS / 8);
  hh_pages_clear(set.heads, SLOTS * sizeof *set.heads);
  set.made = 0;
  set.free_head = 0;
  for (int i = 0; i < LOCKS; i++)
    set.lock[i] = 0;
}

uint64_t hh_sample_set_bytes(void) {
  return __atomic_load_n(&set.made, __ATOMIC_RELAXED) * (sizeof(entry) + sizeof(uint32_t));
}

static bool try_lock(uint32_t slot) {
  for (int i = 0; i < SPINS + YIELDS; i++) {
    if (!__atomic_exchange_n(&set.lock[slot % LOCKS], 1, __ATOMIC_ACQUIRE))
      return true;
    if (i < SPINS)
      __asm__ volatile("" ::: "memory");
    else
      hh_syscall3(SYS_sched_yield, 0, 0, 0);
  }
  return false;
}

static void unlock(uint32_t slot) {
  __atomic_store_n(&set.lock[slot % LOCKS], 0, __ATOMIC_RELEASE);
}

static uint32_t take_entry(void) {
  uint64_t head = __atomic_load_n(&set.free_head, __ATOMIC_ACQUIRE);
  while ((uint32_t)head) {
    uint64_t after = ((head >> 32) + 1) << 32 | __atomic_load_n(&set.entries[(uint32_t)head].next, __ATOMIC_RELAXED);
    if (__atomic_compare_exchange_n(&set.free_head, &head, after, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
      return (uint32_t)head;
  }
  uint32_t made = __atomic_load_n(&set.made, __ATOMIC_RELAXED);
  do {
    if (made == set.max)
      return 0;
  } while (!__atomic_compare_exchange_n(&set.made, &made, made + 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return made + 1;
}

static void give_entry(uint32_t index) {
  uint64_t head = __atomic_load_n(&set.free_head, __ATOMIC_RELAXED), after;
  do {
    __atomic_store_n(&set.entries[index].next, (uint32_t)head, __ATOMIC_RELAXED);
    after = ((head >> 32) + 1) << 32 | index;
  } while (!__atomic_compare_exchange_n(&set.free_head, &head, after, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static bool has(uint32_t slot, uintptr_t address) {
  for (uint32_t index = set.heads[slot]; index; index = set.entries[index].next)
    if (set.entries[index].address == address)
      return true;
  return false;
}

static bool add(const void *block, bool once) {
  uint32_t slot = hh_sample_slot(block), index = take_entry();
  if (!index)
    return false;
  bool locked = try_lock(slot), there = locked && once && has(slot, (uintptr_t)block);
  if (!locked || there) {
    if (locked)
      unlock(slot);
    give_entry(index);
    return there;
  }
  set.entries[index].address = (uintptr_t)block;
  __atomic_store_n(&set.entries[index].next, set.heads[slot], __ATOMIC_RELAXED); /* a late take_entry may look */
  set.heads[slot] = index;
  __atomic_fetch_or(&hh_sample_bits[slot / 64], (uint64_t)1 << slot % 64, __ATOMIC_RELAXED);
  unlock(slot);
  return true;
}

bool hh_sample_set_add(const void *block) {
  return add(block, false);
}

bool hh_sample_set_add_once(const void *block) {
  return add(block, true);
}

static uint32_t unlink_address(uint32_t slot, uintptr_t address) {
  for (uint32_t *link = &set.heads[slot]; *link; link = &set.entries[*link].next) {
    uint32_t index = *link;
    if (set.entries[index].address != address)
      continue;
    __atomic_store_n(link, set.entries[index].next, __ATOMIC_RELAXED);
    if (!set.heads[slot])
      __atomic_fetch_and(&hh_sample_bits[slot / 64], ~((uint64_t)1 << slot % 64), __ATOMIC_RELAXED);
    return index;
  }
  return 0;
}

int hh_sample_set_remove(const void *block) {
  uint32_t slot = hh_sample_slot(block);
  if (!hh_sample_set_may_have(block))
    return 0;
  if (!try_lock(slot))
    return -EBUSY;
  uint32_t index = unlink_address(slot, (uintptr_t)block);
  unlock(slot);
  if (index)
    give_entry(index);
  return index != 0;
}
