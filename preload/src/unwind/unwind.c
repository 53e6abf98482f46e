#include "unwind.h"
#include "../arena.h"
#include "guess.h"
#include "loader.h"
#include "memo.h"
#include "module_table.h"
#include "rules.h"
#include <errno.h>
#include <stddef.h>

/* Most threads do little: what they need lies in one piece of four kilobytes and a half, and grows. */
typedef struct walker_memory {
  hh_memo memo;
  hh_stack_cache cache; /* a small one: ends early */
} walker_memory;

int hh_unwind_init(void) {
  hh_arch_init();
  int status = hh_modules_init();
  if (!status)
    status = hh_rules_init();
  if (!status)
    hh_loader_refresh(0, 0);
  return status;
}

int hh_walker_init(hh_walker *walker) {
  const size_t own = offsetof(walker_memory, cache) + hh_stack_cache_bytes(HH_STACK_CACHE_SMALL);
  walker_memory *memory = hh_small(own + hh_memo_first_bytes());
  if (!memory)
    return -ENOMEM;
  hh_memo_init(&memory->memo, (char *)memory + own);
  memory->cache.shift = 64 - HH_STACK_CACHE_SMALL;
  *walker = (hh_walker){.memo = &memory->memo, .cache = &memory->cache};
  return 0;
}

/* No memory: the small one goes on, and asks again after as many misses. */
void hh_walker_grow(hh_walker *walker) {
  hh_stack_cache *grown = NULL;
  if (walker->cache->shift == 64 - HH_STACK_CACHE_SMALL)
    grown = hh_pages(sizeof *grown, "stack cache");
  walker->cache->misses = 0;
  if (!grown)
    return;
  grown->shift = 64 - HH_STACK_CACHE_LARGE;
  walker->cache = grown;
}

void hh_walker_reset(hh_walker *walker) {
  walker->memo->count = 0;
  walker->memo->readable = (hh_readable){.current = 0};
}

void hh_unwind_refresh(void) {
  hh_loader_refresh(0, 0);
}

void hh_unwind_cannot_copy(void) {
  hh_loader_cannot_copy();
}

/* What the lock guards is published by single stores, so a half-done change is at most a lost one. */
void hh_unwind_after_fork(void) {
  hh_rules_lock.word = 0;
  hh_loader_after_fork();
}
