/* The objects that are loaded now: what the unwinder looks addresses up in. */
#include "../arena.h"
#include "eh_frame.h"
#include "module_numbers.h"
#include "module_path.h"
#include "module_table.h"
#include "registered.h"
#include "rules.h"
#include <errno.h>
#include <stddef.h>

enum { OBJECTS_MAX = 1 << 14, SPAN_BYTES_MIN = 4096 };

typedef struct object {
  hh_image image;
  hh_module module; /* as it was found */
  uint64_t name_hash;
  uint32_t number;
  uint32_t seen_in; /* the update that saw it last; 0 = free slot */
} object;

typedef struct span { /* executable addresses, sorted by start */
  uint64_t start, end;
  object *object;
} span;

/* All under the rules' lock. */
static object *objects;
static uint32_t object_count; /* slots ever used */
static uint32_t update_number;
static span *spans;
static uint32_t span_count;
static size_t span_bytes;
static uint64_t last_adds, last_subs;
static uint32_t last_is_provisional = 1; /* there is none yet, or the loader was not done with it */

int hh_modules_init(void) {
  objects = hh_pages_reserve(OBJECTS_MAX * sizeof *objects, "unwind objects");
  return objects ? hh_module_numbers_init() : -ENOMEM;
}

int hh_modules_are_current(uint64_t adds, uint64_t subs) {
  return !__atomic_load_n(&last_is_provisional, __ATOMIC_RELAXED) &&
         __atomic_load_n(&last_adds, __ATOMIC_RELAXED) == adds && __atomic_load_n(&last_subs, __ATOMIC_RELAXED) == subs;
}

static const span *span_at(uint64_t address) {
  uint32_t low = 0, high = span_count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (spans[middle].end <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low < span_count && spans[low].start <= address ? &spans[low] : NULL;
}

hh_image *hh_modules_image_at(uint64_t address) {
  const span *found = span_at(address);
  return found ? &found->object->image : hh_registered_image_at(address);
}

/* The object of the update before that this one is; NULL = it is new. */
static object *find_known(const hh_loaded *loaded) {
  const span *found = span_at(loaded->module.range[0].start);
  if (!found || found->object->name_hash != loaded->name_hash)
    return NULL;
  return hh_module_same_place(&found->object->module, &loaded->module) ? found->object : NULL;
}

/* Only new objects are described, which takes system calls: so not under the lock. */
static void mark_known(hh_snapshot *snapshot) {
  hh_lock_take(&hh_rules_lock);
  for (uint32_t i = 0; i < snapshot->count; i++)
    snapshot->loaded[i].is_known = find_known(&snapshot->loaded[i]) != NULL;
  hh_lock_release(&hh_rules_lock);
}

static void see_known(hh_snapshot *snapshot) {
  for (uint32_t i = 0; i < snapshot->count; i++) {
    object *known = find_known(&snapshot->loaded[i]);
    snapshot->loaded[i].is_known = known != NULL;
    if (known)
      known->seen_in = update_number;
  }
}

static void unload_missing(void) {
  for (uint32_t i = 0; i < object_count; i++) {
    object *missing = &objects[i];
    if (!missing->seen_in || missing->seen_in == update_number)
      continue;
    hh_fde_index_free(&missing->image);
    hh_module_unload(missing->number);
    missing->seen_in = 0;
  }
}

static object *free_slot(void) {
  for (uint32_t i = 0; i < object_count; i++) {
    if (!objects[i].seen_in)
      return &objects[i];
  }
  return object_count < OBJECTS_MAX ? &objects[object_count++] : NULL;
}

static void add_new(const hh_snapshot *snapshot) {
  for (uint32_t i = 0; i < snapshot->count; i++) {
    const hh_loaded *loaded = &snapshot->loaded[i];
    object *slot = loaded->is_known ? NULL : free_slot();
    if (!slot)
      continue;
    uint32_t number = hh_module_number(&loaded->module, snapshot->names + loaded->name);
    *slot = (object){loaded->image, loaded->module, loaded->name_hash, number, update_number};
  }
}

static void insert_span(span entry) {
  uint32_t i = span_count++;
  for (; i > 0 && spans[i - 1].start > entry.start; i--)
    spans[i] = spans[i - 1];
  spans[i] = entry;
}

static int make_room_for_spans(void) {
  size_t needed = 0, bytes = span_bytes ? span_bytes : SPAN_BYTES_MIN;
  for (uint32_t i = 0; i < object_count; i++)
    needed += objects[i].seen_in ? objects[i].module.range_count * sizeof(span) : 0;
  while (bytes < needed)
    bytes *= 2;
  if (bytes == span_bytes)
    return 0;
  span *grown = hh_pages(bytes, "unwind spans");
  if (!grown)
    return -ENOMEM;
  span *old = spans;
  size_t old_bytes = span_bytes;
  spans = grown;
  span_bytes = bytes;
  hh_pages_free(old, old_bytes);
  return 0;
}

static void rebuild_spans(void) {
  span_count = 0;
  if (make_room_for_spans())
    return; /* every frame is a guess then, and counted */
  for (uint32_t i = 0; i < object_count; i++) {
    const hh_module *module = &objects[i].module;
    for (uint32_t j = 0; objects[i].seen_in && j < module->range_count; j++)
      insert_span((span){module->range[j].start, module->range[j].start + module->range[j].size, &objects[i]});
  }
}

static int is_newer(const hh_snapshot *snapshot) {
  if (snapshot->is_latest)
    return 1;
  if (snapshot->adds != last_adds)
    return snapshot->adds > last_adds;
  return snapshot->subs > last_subs || (snapshot->subs == last_subs && last_is_provisional);
}

static void apply(hh_snapshot *snapshot, int provisional) {
  update_number++;
  see_known(snapshot);
  unload_missing();
  add_new(snapshot);
  rebuild_spans();
  hh_rules_flush();
  __atomic_store_n(&last_adds, snapshot->adds, __ATOMIC_RELAXED);
  __atomic_store_n(&last_subs, snapshot->subs, __ATOMIC_RELAXED);
  __atomic_store_n(&last_is_provisional, (uint32_t)provisional, __ATOMIC_RELAXED);
}

void hh_modules_update(hh_snapshot *snapshot, int provisional) {
  mark_known(snapshot);
  hh_module_paths_resolve(snapshot);
  hh_lock_take(&hh_rules_lock);
  if (is_newer(snapshot))
    apply(snapshot, provisional);
  hh_lock_release(&hh_rules_lock);
}
