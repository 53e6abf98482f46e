/* The rule of every address seen so far, for the whole process: a cache in front (one load decides), a table behind it.
 */
#ifndef HH_UNWIND_RULES_H
#define HH_UNWIND_RULES_H
#include "hidden.h"
#include "loader_watch.h"
#include "lock.h"
#include "rule.h"

enum { HH_RULES_CACHE_BITS = 14 };

/* Guards modules, images, the table and the filling of the cache. Never held while the loader is asked something. */
extern HH_HIDDEN hh_lock hh_rules_lock;
/* Changes when any rule may have: whoever remembers a walk compares it. */
extern HH_HIDDEN uint64_t hh_rules_epoch;
/* Word: address >> 14 above 30 bits of rule; no rule is 0, so 0 = empty. Written under the lock only: a late writer
 * cannot bring back a rule from before a flush. */
extern HH_HIDDEN uint64_t hh_rules_cache[1u << HH_RULES_CACHE_BITS];

enum hh_asking { HH_ASK_NEVER, HH_ASK_IN_LOADER, HH_ASK_FREELY };

/* May a walk whose innermost pc this is ask the loader? musl's dlopen holds a lock that is not recursive while it
 * allocates. */
static inline enum hh_asking hh_asking_of(uint64_t pc) {
  if (__builtin_expect(!hh_loader_contains(pc), 1))
    return HH_ASK_FREELY;
  return hh_loader_is_libc ? HH_ASK_NEVER : HH_ASK_IN_LOADER;
}

/* Behind the cache. An address in no known module makes it ask the loader, if it may. */
hh_rule hh_rule_find(uint64_t address, enum hh_asking asking);
/* Forgets all rules. The caller holds the lock. */
void hh_rules_flush(void);
/* Forgets them if one may be for an address between these of which nothing was known. The caller holds the lock. */
void hh_rules_forget_unknown(uint64_t low, uint64_t high);
int hh_rules_init(void); /* 0 or -errno */

static inline uint32_t hh_rules_slot(uint64_t address) {
  return (uint32_t)(address ^ address >> HH_RULES_CACHE_BITS) & ((1u << HH_RULES_CACHE_BITS) - 1);
}

/* The rule for a call address (the address tells an interrupted frame from a calling one), 0 when the cache has none.
 */
static inline __attribute__((always_inline)) hh_rule hh_rule_cached(uint64_t address) {
  uint64_t word = __atomic_load_n(&hh_rules_cache[hh_rules_slot(address)], __ATOMIC_RELAXED);
  if (__builtin_expect(word >> HH_RULE_BITS != address >> HH_RULES_CACHE_BITS, 0))
    return 0;
  return (hh_rule)(word & ((1u << HH_RULE_BITS) - 1));
}
#endif
