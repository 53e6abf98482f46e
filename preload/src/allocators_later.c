/* Allocators that come with a library loaded later. By then there is a thread of ours at least, so their functions are
 * not patched: they are named, and counted as not hooked. Looked for in the library's file, by the sender: to ask the
 * loader would take its lock, which a child forked at that moment would find taken for ever. */
#include "allocators_later.h"

#include <string.h>

#include "allocators.h"
#include "elf_symbols.h"
#include "unwind/modules.h"

enum { MOST_EARLY = 512 };
static uint64_t early[MOST_EARLY]; /* load biases of what was there at the beginning */
static uint32_t early_count, looked_at;

static const struct {
  const char *symbol, *name, *prefix;
} signs[] = {
    {"mallocx", "jemalloc", ""},   {"_rjem_mallocx", "jemalloc", "_rjem_"}, {"je_mallocx", "jemalloc", "je_"},
    {"mi_malloc", "mimalloc", ""}, {"tc_malloc", "tcmalloc", ""},
};
enum { SIGNS = sizeof signs / sizeof *signs };

void hh_allocators_was_there(uint64_t load_bias) {
  if (early_count < MOST_EARLY)
    early[early_count++] = load_bias;
}

static bool was_there(uint64_t load_bias) {
  for (uint32_t i = 0; i < early_count; i++)
    if (early[i] == load_bias)
      return true;
  return false;
}

static void take_symbol(void *context, const char *name, uint64_t address, uint64_t size) {
  (void)address, (void)size;
  unsigned *found = context;
  for (unsigned i = 0; i < SIGNS; i++)
    if (name[0] == signs[i].symbol[0] && strcmp(name, signs[i].symbol) == 0)
      *found |= 1u << i;
}

static void look_into(const hh_module *module) {
  unsigned found = 0;
  if (!hh_file_symbols(module->path, module->load_bias, take_symbol, &found))
    return;
  for (unsigned i = 0; i < SIGNS; i++)
    if (found >> i & 1)
      hh_allocators_add_refused(signs[i].name, signs[i].prefix, module->path,
                                "it was loaded when the process had several threads");
}

void hh_allocators_look_again(void) {
  for (; looked_at < hh_modules_count(); looked_at++) {
    const hh_module *module = hh_module_at(looked_at);
    if (module->path[0] == '/' && !was_there(module->load_bias))
      look_into(module);
  }
}
