#include "allocators.h"

#include <link.h>
#include <string.h>

#include "allocator_group.h"
#include "allocator_stats.h"
#include "allocators_later.h"
#include "elf_symbols.h"
#include "libc.h"
#include "proc_text.h"
#include "real.h"

extern const char *gnu_get_libc_version(void) __attribute__((weak));

/* ---- symbols of an object, by the prefix that they have */

static const char *const prefixes[] = {"_rjem_", "je_"};

/* The length of the prefix before a name that may have one. */
static size_t prefix_of(const char *name) {
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
    if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
      return strlen(prefixes[i]);
  return 0;
}

/* One group per prefix: none, and those in `prefixes`. */
enum { GROUPS = 3 };
static hh_allocator_group groups[GROUPS];

static void take_symbol(void *unused, const char *name, uint64_t address, uint64_t size) {
  (void)unused;
  size_t prefix = prefix_of(name);
  hh_allocator_group *group = &groups[prefix == 0 ? 0 : prefix == strlen(prefixes[0]) ? 1 : 2];
  int number = hh_allocator_look_up(name, prefix);
  if (number >= 0) {
    group->address[number] = address;
    group->size[number] = size;
  } else if (strcmp(name + prefix, "mallctl") == 0 || strcmp(name, "mi_version") == 0 ||
             strcmp(name, "tc_version") == 0) {
    group->version_function = address;
  }
}

/* ---- objects */

static bool has_one_thread(void) {
  static char text[4096];
  return hh_proc_read("/proc/self/status", text, sizeof text) > 0 && hh_proc_value(text, "Threads:") == 1;
}

static void take_group(const hh_allocator_group *group, const char *prefix, const char *module, bool one_thread) {
  const char *family = hh_allocator_family(group);
  hh_allocator *is = family ? hh_allocator_list_add(family, prefix, module) : NULL;
  if (!is)
    return;
  is->version_function = group->version_function;
  const char *problem = one_thread ? hh_allocator_hook_group(group, is) : "the process had several threads already";
  is->hooking = problem ? HH_ALLOCATOR_REFUSED : is->functions ? HH_ALLOCATOR_PATCHED : HH_ALLOCATOR_INTERPOSED;
  if (problem)
    is->reason = problem;
}

static bool is_ours(const struct dl_phdr_info *object) {
  static const char here;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    if (segment->p_type == PT_LOAD && (uintptr_t)&here - object->dlpi_addr - segment->p_vaddr < segment->p_memsz)
      return true;
  }
  return false;
}

/* Objects that define malloc and are no allocator to be patched: the libc, the loader. */
static bool is_libc(const struct dl_phdr_info *object) {
  return hh_exported_symbol(object, "__libc_start_main", NULL) ||
         hh_exported_symbol(object, "_dl_catch_exception", NULL);
}

static void look_into_library(const struct dl_phdr_info *object, bool one_thread) {
  static const char *const signs[] = {"mallocx", "mi_malloc", "tc_malloc"};
  static const char *const versions[] = {"mallctl", "mi_version", "tc_version"};
  bool is_one = false;
  memset(groups, 0, sizeof groups);
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    is_one |= hh_exported_symbol(object, signs[i], NULL) != 0;
  for (size_t p = 0; p < sizeof prefixes / sizeof *prefixes; p++) {
    char name[HH_ALLOCATOR_VERSION_BYTES];
    size_t length = strlen(prefixes[p]);
    memcpy(name, prefixes[p], length);
    for (int i = 0; i < HH_ALLOCATOR_NAMES; i++) {
      bool prefixable;
      const char *function = hh_allocator_function(i, &prefixable);
      memcpy(name + length, function, strlen(function) + 1);
      if (prefixable)
        groups[p + 1].address[i] = hh_exported_symbol(object, name, &groups[p + 1].size[i]);
    }
    take_group(&groups[p + 1], prefixes[p], object->dlpi_name, one_thread);
  }
  if (!is_one)
    return;
  for (int i = 0; i < HH_ALLOCATOR_NAMES; i++) {
    bool prefixable;
    groups[0].address[i] = hh_exported_symbol(object, hh_allocator_function(i, &prefixable), &groups[0].size[i]);
  }
  for (size_t i = 0; i < sizeof versions / sizeof *versions && !groups[0].version_function; i++)
    groups[0].version_function = hh_exported_symbol(object, versions[i], NULL);
  take_group(&groups[0], "", object->dlpi_name, one_thread);
}

static void look_into_executable(uint64_t load_bias, bool one_thread) {
  memset(groups, 0, sizeof groups);
  if (!hh_file_symbols(hh_allocator_executable, load_bias, take_symbol, NULL))
    return;
  take_group(&groups[1], prefixes[0], hh_allocator_executable, one_thread);
  take_group(&groups[2], prefixes[1], hh_allocator_executable, one_thread);
  if (hh_allocator_family(&groups[0]))
    take_group(&groups[0], "", hh_allocator_executable, one_thread);
}

typedef struct tour {
  bool one_thread, first;
} tour;

static int visit_object(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size;
  tour *is = context;
  hh_allocators_was_there(object->dlpi_addr);
  if (is->first)
    look_into_executable(object->dlpi_addr, is->one_thread);
  else if (!is_ours(object) && !is_libc(object))
    look_into_library(object, is->one_thread);
  is->first = false;
  return 0;
}

static void add_serving(void) {
  Dl_info info;
  void *function;
  memcpy(&function, &hh_real.malloc, sizeof function);
  const char *module = hh_libc.dladdr && hh_libc.dladdr(function, &info) && info.dli_fname ? info.dli_fname : "";
  hh_allocator *is = hh_allocator_list_add(gnu_get_libc_version ? "glibc" : "musl", "", module);
  is->hooking = HH_ALLOCATOR_INTERPOSED;
}

void hh_allocators_find(void) {
  tour is = {.one_thread = has_one_thread(), .first = true};
  add_serving();
  dl_iterate_phdr(visit_object, &is);
  const hh_allocator *serving = hh_allocator_list_settle();
  hh_allocator_stats_resolve(serving->name, serving->version_function);
}
