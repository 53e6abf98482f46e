#include "rules.h"
#include "../arena.h"
#include "compile.h"
#include "loader.h"
#include "module_table.h"
#include <errno.h>
#include <string.h>

_Static_assert(HH_RULE_BITS + 48 - HH_RULES_CACHE_BITS == 64, "tag and rule fill one word");

hh_lock hh_rules_lock;
uint64_t hh_rules_epoch = 1;
uint64_t hh_rules_cache[1u << HH_RULES_CACHE_BITS] __attribute__((aligned(64)));

typedef struct table_slot {
  uint64_t address; /* 0 = free */
  hh_rule rule;
} table_slot;

/* Open addressing, at most half full, doubles. Addresses of generated code come and go, so it is emptied at the limit.
 */
enum { TABLE_BITS_FIRST = 10, TABLE_BITS_MAX = 20 };
static table_slot *table;
static uint32_t table_bits, table_count;

static size_t table_bytes(uint32_t bits) {
  return sizeof(table_slot) << bits;
}

static table_slot *slot_of(table_slot *slots, uint32_t bits, uint64_t address) {
  uint32_t mask = (1u << bits) - 1;
  uint32_t i = (uint32_t)((address * 0x9E3779B97F4A7C15u) >> (64 - bits));
  while (slots[i].address && slots[i].address != address)
    i = (i + 1) & mask;
  return &slots[i];
}

static void table_clear(void) {
  if (table_count)
    memset(table, 0, table_bytes(table_bits));
  table_count = 0;
}

static void table_grow(void) {
  uint32_t bits = table_bits + 1;
  table_slot *grown = bits <= TABLE_BITS_MAX ? hh_pages(table_bytes(bits), "unwind rules") : NULL;
  if (!grown) {
    table_clear();
    return;
  }
  for (uint32_t i = 0; i < 1u << table_bits; i++) {
    if (table[i].address)
      *slot_of(grown, bits, table[i].address) = table[i];
  }
  table_slot *old = table; /* freed last: a child forked meanwhile goes on with either */
  table = grown;
  table_bits = bits;
  hh_pages_free(old, table_bytes(bits - 1));
}

static void table_put(uint64_t address, hh_rule rule) {
  if (table_count * 2 >= 1u << table_bits)
    table_grow();
  *slot_of(table, table_bits, address) = (table_slot){address, rule};
  table_count++;
}

static int cache_used; /* a start without any walk does not touch its 128 KiB */

static void cache_put(uint64_t address, hh_rule rule) {
  if (address >> 48)
    return;
  cache_used = 1;
  uint64_t word = (address >> HH_RULES_CACHE_BITS) << HH_RULE_BITS | rule;
  __atomic_store_n(&hh_rules_cache[hh_rules_slot(address)], word, __ATOMIC_RELAXED);
}

/* Where addresses were that lay in no image: code that is made at run time. Under the lock. */
static uint64_t unknown_low = UINT64_MAX, unknown_high;

static void note_unknown(uint64_t address) {
  unknown_low = address < unknown_low ? address : unknown_low;
  unknown_high = address > unknown_high ? address : unknown_high;
}

/* Under the lock. 0 = not in the table and in no known image. */
static int find_or_compile(uint64_t address, int accept_unknown, hh_rule *rule) {
  const table_slot *slot = slot_of(table, table_bits, address);
  if (slot->address) {
    *rule = slot->rule;
  } else {
    hh_image *image = hh_modules_image_at(address);
    if (!image && !accept_unknown)
      return 0;
    if (!image)
      note_unknown(address);
    *rule = hh_rule_compile(image, address);
    table_put(address, *rule);
  }
  cache_put(address, *rule);
  return 1;
}

__attribute__((noinline, cold)) hh_rule hh_rule_find(uint64_t address, enum hh_asking asking) {
  hh_rule rule = HH_RULE_MAKE(HH_RULE_UNKNOWN, 0, 0);
  if (!address)
    return HH_RULE_MAKE(HH_RULE_GUESS, 0, 0);
  hh_lock_take(&hh_rules_lock);
  int found = find_or_compile(address, 0, &rule);
  hh_lock_release(&hh_rules_lock);
  if (found || asking == HH_ASK_NEVER)
    return rule;
  /* The answer for generated code is then kept, so each such address asks once. */
  hh_loader_refresh(address, asking == HH_ASK_IN_LOADER);
  hh_lock_take(&hh_rules_lock);
  find_or_compile(address, 1, &rule);
  hh_lock_release(&hh_rules_lock);
  return rule;
}

void hh_rules_flush(void) {
  table_clear();
  if (cache_used)
    memset(hh_rules_cache, 0, sizeof hh_rules_cache);
  cache_used = 0;
  __atomic_store_n(&hh_rules_epoch, hh_rules_epoch + 1, __ATOMIC_RELEASE);
}

void hh_rules_forget_unknown(uint64_t low, uint64_t high) {
  if (low > unknown_high || high <= unknown_low)
    return;
  hh_rules_flush();
  unknown_low = UINT64_MAX;
  unknown_high = 0;
}

int hh_rules_init(void) {
  table_bits = TABLE_BITS_FIRST;
  table = hh_pages(table_bytes(table_bits), "unwind rules");
  return table ? 0 : -ENOMEM;
}
