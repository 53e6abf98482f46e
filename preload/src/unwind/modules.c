#include "../arena.h"
#include "../log.h"
#include "../stacks.h"
#include "module_numbers.h"
#include "module_path.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>

/* Programs that load and unload in a loop use up a number each time, so this is address space, not memory. */
enum { MODULES_MAX = 1 << 16 };

/* Changes under the rules' lock; may be read without it up to `module_count`. */
static hh_module *modules;
static uint32_t module_count, unload_count;

int hh_module_numbers_init(void) {
  modules = hh_pages_reserve(MODULES_MAX * sizeof *modules, "modules");
  return modules ? 0 : -ENOMEM;
}

uint32_t hh_modules_count(void) {
  return __atomic_load_n(&module_count, __ATOMIC_ACQUIRE);
}
const hh_module *hh_module_at(uint32_t index) {
  return &modules[index];
}
uint32_t hh_modules_unloads(void) {
  return __atomic_load_n(&unload_count, __ATOMIC_ACQUIRE);
}

int hh_module_same_place(const hh_module *a, const hh_module *b) {
  return a->load_bias == b->load_bias && a->range_count == b->range_count && a->build_id_size == b->build_id_size &&
         !memcmp(a->range, b->range, a->range_count * sizeof a->range[0]) &&
         !memcmp(a->build_id, b->build_id, a->build_id_size);
}

/* Two files without a build id at the same place cannot be told apart here, so they count as different. */
static int same_file(const hh_module *a, const hh_module *b) {
  return a->build_id_size && hh_module_same_place(a, b);
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

/* What earlier nodes with the new module's addresses can mean. */
enum past { UNUSED, SAME_FILE, ANOTHER_FILE };

static enum past past_of(const hh_module *module) {
  enum past past = UNUSED;
  for (uint32_t i = 0; i < module_count; i++) {
    if (!modules[i].unload_node || !overlap(&modules[i], module))
      continue;
    /* The nodes of the latest file there are what counts. */
    past = same_file(&modules[i], module) ? SAME_FILE : ANOTHER_FILE;
  }
  return past;
}

uint32_t hh_module_number(const hh_module *module, const char *path) {
  enum past past = past_of(module);
  if (past == ANOTHER_FILE)
    hh_stacks_new_generation();
  if (module_count == MODULES_MAX) {
    hh_log(HH_LOG_ERROR, "more than %d modules were loaded: frames in further ones stay without a name", MODULES_MAX);
    return HH_MODULE_UNNUMBERED;
  }
  hh_module *numbered = &modules[module_count];
  *numbered = *module;
  numbered->number = module_count + 1;
  numbered->first_node = past == UNUSED ? 1 : hh_stacks_count() + 1;
  numbered->path = hh_module_path_keep(path);
  __atomic_store_n(&module_count, module_count + 1, __ATOMIC_RELEASE); /* pairs with hh_modules_count */
  return numbered->number;
}

void hh_module_unload(uint32_t number) {
  if (number == HH_MODULE_UNNUMBERED)
    return;
  __atomic_store_n(&modules[number - 1].unload_node, hh_stacks_count() + 1, __ATOMIC_RELEASE);
  __atomic_store_n(&unload_count, unload_count + 1, __ATOMIC_RELEASE);
}
