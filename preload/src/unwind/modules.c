#include "../arena.h"
#include "../log.h"
#include "../stacks.h"
#include "eh_frame.h"
#include "module_path.h"
#include "module_table.h"
#include "rules.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>

/* Programs that load and unload in a loop get a new number each time, so the tables are address space, not memory. */
enum { MODULES_MAX = 1 << 16, SPAN_BYTES_MIN = 4096 };

typedef struct span { /* executable addresses of a loaded module, sorted by start */
  uint64_t start, end;
  uint32_t module;
} span;

/* All of this changes under the rules' lock; `modules` may be read without it up to `module_count`. */
static hh_module *modules;
static hh_image *images;    /* by the same index */
static uint32_t *loaded_in; /* per module: the update that saw it last; 0 = unloaded */
static uint32_t module_count, unload_count, update_number;
static span *spans;
static uint32_t span_count;
static size_t span_bytes;
static uint64_t last_adds, last_subs;
static uint32_t last_is_provisional = 1; /* there is none yet, or the loader was not done with it */

uint32_t hh_modules_count(void) {
  return __atomic_load_n(&module_count, __ATOMIC_ACQUIRE);
}
const hh_module *hh_module_at(uint32_t index) {
  return &modules[index];
}
uint32_t hh_modules_unloads(void) {
  return __atomic_load_n(&unload_count, __ATOMIC_ACQUIRE);
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
  return found ? &images[found->module] : NULL;
}

static int same_object(const hh_module *a, const hh_module *b) {
  return a->load_bias == b->load_bias && a->range_count == b->range_count && a->build_id_size == b->build_id_size &&
         !memcmp(a->range, b->range, a->range_count * sizeof a->range[0]) &&
         !memcmp(a->build_id, b->build_id, a->build_id_size);
}

/* Two files without a build id at the same place cannot be told apart here, so they count as different then. */
static int same_file(const hh_module *a, const hh_module *b) {
  return a->build_id_size && same_object(a, b);
}

static int overlap(const hh_module *a, const hh_module *b) {
  for (uint32_t i = 0; i < a->range_count; i++) {
    for (uint32_t j = 0; j < b->range_count; j++) {
      if (a->range[i].start < b->range[j].start + b->range[j].size &&
          b->range[j].start < a->range[i].start + a->range[i].size)
        return 1;
    }
  }
  return 0;
}

/* Index of the module that is this object and still loaded, or -1. While nothing was unloaded in between, equal bounds
 * and build id are enough; `subs` moved means that an object without build id may be another one. */
static int64_t find_loaded(const hh_loaded *loaded) {
  const span *found = span_at(loaded->module.range[0].start);
  return found && same_object(&modules[found->module], &loaded->module) ? (int64_t)found->module : -1;
}

/* Marks in the snapshot what has a number already, so that only new objects are described. */
static void mark_known(hh_snapshot *snapshot) {
  hh_lock_take(&hh_rules_lock);
  for (uint32_t i = 0; i < snapshot->count; i++)
    snapshot->loaded[i].is_known = find_loaded(&snapshot->loaded[i]) >= 0;
  hh_lock_release(&hh_rules_lock);
}

static void unload(uint32_t index) {
  hh_fde_index_free(&images[index]);
  loaded_in[index] = 0;
  __atomic_store_n(&modules[index].unload_node, hh_stacks_count() + 1, __ATOMIC_RELEASE);
  __atomic_store_n(&unload_count, unload_count + 1, __ATOMIC_RELEASE);
}

static void unload_missing(void) {
  for (uint32_t i = 0; i < module_count; i++) {
    if (loaded_in[i] && loaded_in[i] != update_number)
      unload(i);
  }
}

/* What earlier nodes with the new module's addresses can mean. */
enum past { UNUSED, SAME_FILE, ANOTHER_FILE };

static enum past past_of(const hh_module *module) {
  enum past past = UNUSED;
  for (uint32_t i = 0; i < module_count; i++) {
    if (loaded_in[i] || !overlap(&modules[i], module))
      continue;
    if (!same_file(&modules[i], module))
      return ANOTHER_FILE;
    past = SAME_FILE;
  }
  return past;
}

static void append(const hh_snapshot *snapshot, const hh_loaded *loaded, uint32_t first_node) {
  if (module_count == MODULES_MAX) {
    hh_log(HH_LOG_ERROR, "more than %d modules were loaded: frames in further ones stay without a name", MODULES_MAX);
    return;
  }
  const char *path = hh_module_path_keep(snapshot->names + loaded->name);
  hh_module *module = &modules[module_count];
  *module = loaded->module;
  module->number = module_count + 1;
  module->first_node = first_node;
  module->path = path;
  images[module_count] = loaded->image;
  loaded_in[module_count] = update_number;
  __atomic_store_n(&module_count, module_count + 1, __ATOMIC_RELEASE); /* pairs with hh_modules_count */
}

/* Another file where an unloaded one was: equal addresses must give new nodes from now on. */
static void add_new(const hh_snapshot *snapshot, const hh_loaded *loaded) {
  enum past past = past_of(&loaded->module);
  if (past == ANOTHER_FILE)
    hh_stacks_new_generation();
  append(snapshot, loaded, past == UNUSED ? 1 : hh_stacks_count() + 1);
}

static void insert_span(span entry) {
  uint32_t i = span_count++;
  for (; i > 0 && spans[i - 1].start > entry.start; i--)
    spans[i] = spans[i - 1];
  spans[i] = entry;
}

static void rebuild_spans(void) {
  uint32_t needed = 0;
  for (uint32_t i = 0; i < module_count; i++)
    needed += loaded_in[i] ? modules[i].range_count : 0;
  size_t bytes = span_bytes ? span_bytes : SPAN_BYTES_MIN;
  while (bytes < needed * sizeof(span))
    bytes *= 2;
  span *grown = bytes != span_bytes ? hh_pages(bytes, "module spans") : spans;
  if (!grown)
    return; /* addresses outside the old spans are guessed */
  if (grown != spans)
    hh_pages_free(spans, span_bytes);
  spans = grown;
  span_bytes = bytes;
  span_count = 0;
  for (uint32_t i = 0; i < module_count; i++) {
    for (uint32_t j = 0; loaded_in[i] && j < modules[i].range_count; j++) {
      uint64_t start = modules[i].range[j].start;
      insert_span((span){start, start + modules[i].range[j].size, i});
    }
  }
}

static int is_newer(const hh_snapshot *snapshot) {
  if (snapshot->adds != last_adds)
    return snapshot->adds > last_adds;
  return snapshot->subs > last_subs || (snapshot->subs == last_subs && last_is_provisional);
}

static void apply(hh_snapshot *snapshot) {
  update_number++;
  for (uint32_t i = 0; i < snapshot->count; i++) {
    int64_t index = find_loaded(&snapshot->loaded[i]);
    snapshot->loaded[i].is_known = index >= 0;
    if (index >= 0)
      loaded_in[index] = update_number;
  }
  unload_missing();
  for (uint32_t i = 0; i < snapshot->count; i++) {
    if (!snapshot->loaded[i].is_known)
      add_new(snapshot, &snapshot->loaded[i]);
  }
  rebuild_spans();
  hh_rules_flush();
  __atomic_store_n(&last_adds, snapshot->adds, __ATOMIC_RELAXED);
  __atomic_store_n(&last_subs, snapshot->subs, __ATOMIC_RELAXED);
}

void hh_modules_update(hh_snapshot *snapshot, int provisional) {
  mark_known(snapshot);
  hh_module_paths_resolve(snapshot);
  hh_lock_take(&hh_rules_lock);
  if (is_newer(snapshot)) {
    apply(snapshot);
    __atomic_store_n(&last_is_provisional, (uint32_t)provisional, __ATOMIC_RELAXED);
  }
  hh_lock_release(&hh_rules_lock);
}

int hh_modules_init(void) {
  modules = hh_pages_reserve(MODULES_MAX * sizeof *modules, "modules");
  images = hh_pages_reserve(MODULES_MAX * sizeof *images, "unwind images");
  loaded_in = hh_pages_reserve(MODULES_MAX * sizeof *loaded_in, "modules");
  return modules && images && loaded_in ? 0 : -ENOMEM;
}
