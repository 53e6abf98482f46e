#include "loader.h"
#include "loader_links.h"
#include "loader_locked.h"
#include "lock.h"
#include "module_table.h"
#include <sys/auxv.h>

uint64_t hh_loader_start = 1, hh_loader_size;
uint8_t hh_loader_is_libc;
uint32_t hh_loader_changes, hh_loader_seen;

static uint32_t has_begun, is_locked_way; /* there is a list; it comes from dl_iterate_phdr */
static hh_lock reading;                   /* of the loader's records. Taken before the rules' lock */

static void find_loader(const hh_snapshot *snapshot) {
  const uint64_t base = getauxval(AT_BASE);
  const uint64_t iterate = (uint64_t)(uintptr_t)&dl_iterate_phdr;
  for (uint32_t i = 0; base && i < snapshot->count; i++) {
    const hh_module *module = &snapshot->loaded[i].module;
    if (module->load_bias != base)
      continue;
    hh_loader_start = module->range[0].start;
    hh_loader_size = module->range[0].size;
  }
  hh_loader_is_libc = hh_loader_contains(iterate) != 0;
}

/* Everything up to `changes` is covered; never backwards, as several threads may refresh at once. */
static void mark_seen(uint32_t changes) {
  uint32_t seen = __atomic_load_n(&hh_loader_seen, __ATOMIC_RELAXED);
  while ((int32_t)(changes - seen) > 0 &&
         !__atomic_compare_exchange_n(&hh_loader_seen, &seen, changes, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
  }
}

static int has_news(uint32_t changes) {
  return changes != __atomic_load_n(&hh_loader_seen, __ATOMIC_RELAXED);
}

static void take_over(hh_snapshot *snapshot, int in_loader) {
  if (!hh_loader_size)
    find_loader(snapshot);
  hh_modules_update(snapshot, in_loader);
  hh_snapshot_free(snapshot);
}

/* ---- by the loader's records */

/* musl counts what it loads, and says the number without a lock; it never unloads. */
static int is_unchanged(uint64_t *adds, uint64_t *subs) {
  *adds = *subs = 0;
  if (hh_loader_is_libc)
    hh_locked_counters(adds, subs);
  return hh_modules_are_current(*adds, *subs) && (hh_loader_is_libc || hh_links_unchanged());
}

/* 0 or -errno. */
static int refresh_by_links(int in_loader) {
  uint64_t adds, subs;
  hh_snapshot snapshot;
  int status = 0;
  hh_lock_take(&reading);
  if (!is_unchanged(&adds, &subs) && !(status = hh_links_read(&snapshot))) {
    snapshot.adds = adds;
    snapshot.subs = subs;
    snapshot.is_latest = 1;
    take_over(&snapshot, in_loader);
  }
  hh_lock_release(&reading);
  return status;
}

/* ---- by dl_iterate_phdr */

static uint32_t is_out_of_reach; /* a thread that held the loader's lock may have stayed in the parent */

static void refresh_locked(int in_loader) {
  uint64_t adds, subs;
  hh_snapshot snapshot;
  hh_locked_counters(&adds, &subs);
  if (!hh_modules_are_current(adds, subs) && !hh_locked_read(&snapshot))
    take_over(&snapshot, in_loader);
}

void hh_loader_cannot_copy(void) {
  __atomic_store_n(&is_locked_way, 1, __ATOMIC_RELAXED);
}

/* The loader's lock itself cannot be looked at. Another thread was inside the loader at that moment, or has been since
 * somebody looked: then this child goes without, and its frames in what it loads itself are guesses, and counted. */
void hh_loader_after_fork(void) {
  reading.word = 0;
  hh_links_forget();
  if (is_locked_way && !hh_loader_is_libc && has_news(__atomic_load_n(&hh_loader_changes, __ATOMIC_ACQUIRE)))
    is_out_of_reach = 1;
}

void hh_loader_refresh(uint64_t address, int in_loader) {
  const uint32_t changes = __atomic_load_n(&hh_loader_changes, __ATOMIC_ACQUIRE);
  if (!has_begun) {
    has_begun = 1;
    if (hh_links_init())
      hh_loader_cannot_copy();
  }
  /* Generated code, of which there are many addresses; but not while something may just be being loaded. */
  if (address && !has_news(changes) && hh_links_no_code_at(address))
    return;
  if (is_out_of_reach)
    return;
  if (!is_locked_way && refresh_by_links(in_loader))
    hh_loader_cannot_copy();
  if (is_locked_way)
    refresh_locked(in_loader);
  if (!in_loader)
    mark_seen(changes);
}
