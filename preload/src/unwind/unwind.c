#include "unwind.h"
#include "../arena.h"
#include "guess.h"
#include "loader.h"
#include "memo.h"
#include "module_table.h"
#include "rules.h"
#include <errno.h>

/* Memo and look-up cache of a thread lie in one mapping. */
typedef struct walker_memory {
  hh_memo memo;
  hh_stack_cache cache;
} walker_memory;

int hh_unwind_init(void) {
  hh_arch_init();
  int status = hh_modules_init();
  if (!status)
    status = hh_rules_init();
  if (!status)
    hh_loader_refresh(0);
  return status;
}

int hh_walker_init(hh_walker *walker) {
  walker_memory *memory = hh_pages(sizeof *memory, "walker");
  if (!memory)
    return -ENOMEM;
  if (hh_memo_init(&memory->memo)) {
    hh_pages_free(memory, sizeof *memory);
    return -ENOMEM;
  }
  *walker = (hh_walker){.memo = &memory->memo, .cache = &memory->cache};
  return 0;
}

void hh_walker_reset(hh_walker *walker) {
  walker->memo->count = 0;
  walker->memo->readable = (hh_readable){.current = 0};
}

void hh_unwind_refresh(void) {
  hh_loader_refresh(0);
}

/* What the lock guards is published by single stores, so a half-done change is at most a lost one. */
void hh_unwind_after_fork(void) {
  hh_rules_lock.word = 0;
  hh_loader_after_fork();
}
