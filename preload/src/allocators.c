#include "allocators.h"

#include <link.h>
#include <string.h>

#include "allocator_hooks.h"
#include "allocator_stats.h"
#include "allocators_later.h"
#include "elf_symbols.h"
#include "libc.h"
#include "log.h"
#include "options.h"
#include "patch.h"
#include "proc_text.h"
#include "real.h"

enum { MOST = 16, MOST_PATCHED = 160, TEXT = 64, PATH_BYTES = 512 };
/* Allocator.Hooking */
enum hooking { INTERPOSED = 1, PATCHED = 3, REFUSED = 4 };

extern const char *gnu_get_libc_version(void) __attribute__((weak));

typedef struct allocator {
  const char *name, *prefix, *reason;
  char module[PATH_BYTES];
  enum hooking hooking;
  uint32_t functions;        /* that are hooked */
  uint64_t version_function; /* by which it says its version, 0 = none */
  char version[TEXT];
} allocator;

static allocator all[MOST];
static uint32_t count, known; /* found; of which the other side knows */
static uint32_t counted;      /* whose losses are counted */

static struct {
  uint64_t address;
  void **original;
} patched[MOST_PATCHED];
static uint32_t patched_count;
static unsigned used_hooks[HH_FUNCTION_KINDS];

/* ---- names */

static const struct {
  const char *name;
  enum hh_allocator_kind kind;
  bool prefixable;
} names[] = {
#define NAME(kind, prefixable, name) {#name, HH_FUNCTION_##kind, prefixable},
#include "allocator_names.def"
#undef NAME
};
enum { NAMES = sizeof names / sizeof *names };

static const char *const prefixes[] = {"_rjem_", "je_"};

/* The length of the prefix before a name that may have one. */
static size_t prefix_of(const char *name) {
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
    if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
      return strlen(prefixes[i]);
  return 0;
}

static int look_up(const char *name, size_t prefix) {
  /* Most symbols of a program are none of these: a look at two letters says so. */
  const char *is = name + prefix;
  for (int i = 0; i < NAMES; i++)
    if (names[i].name[0] == is[0] && names[i].name[1] == is[1] && (!prefix || names[i].prefixable) &&
        strcmp(names[i].name, is) == 0)
      return i;
  return -1;
}

/* ---- patching */

static bool has_one_thread(void) {
  static char text[4096];
  return hh_proc_read("/proc/self/status", text, sizeof text) > 0 && hh_proc_value(text, "Threads:") == 1;
}

/* The functions behind the hooks of hooks.c. */
static void **behind_hooks(size_t *number) {
  *number = sizeof hh_real / sizeof(void *);
  return (void **)(void *)&hh_real;
}

static const char executable[] = "/proc/self/exe";

/* A call of this name from anywhere comes to hooks.c already: always, where a library defines it too, as ours is
 * searched before it; what stands behind the hook may then be another wrapper's. The executable's own come before ours.
 */
static bool is_interposed(const char *name, uint64_t address, const char *module) {
  static const char *const interposed[] = {
#define HOOK(result, name, parameters, arguments) #name,
#include "hooks.def"
#undef HOOK
  };
  size_t number;
  void **behind = behind_hooks(&number);
  for (size_t i = 0; i < number; i++)
    if (strcmp(interposed[i], name) == 0)
      return strcmp(module, executable) != 0 || (uintptr_t)behind[i] == address;
  return false;
}

/* Another name of the same function was hooked: what stands behind hooks.c is now what it did before. */
static void go_around(uint64_t address, void *original) {
  size_t number;
  void **behind = behind_hooks(&number);
  for (size_t i = 0; i < number; i++)
    if ((uintptr_t)behind[i] == address)
      behind[i] = original;
}

static bool is_patched(uint64_t address) {
  for (uint32_t i = 0; i < patched_count; i++)
    if (patched[i].address == address)
      return true;
  return false;
}

static const char *prepare(enum hh_allocator_kind kind, uint64_t address, uint64_t size) {
  unsigned index = used_hooks[kind];
  const void *hook = hh_allocator_hook(kind, index);
  if (!hook || patched_count == MOST_PATCHED)
    return "there are too many such functions";
  const char *problem = hh_patch_prepare((void *)(uintptr_t)address, size, hook, hh_allocator_original(kind, index));
  if (problem)
    return problem;
  used_hooks[kind]++;
  patched[patched_count].address = address;
  patched[patched_count++].original = hh_allocator_original(kind, index);
  return NULL;
}

/* ---- finding */

typedef struct found {
  uint64_t address[NAMES], size[NAMES];
  size_t prefix_length;
  uint64_t version_function;
} found;

/* One group per prefix: none, and those in `prefixes`. */
enum { GROUPS = 3 };
static found groups[GROUPS];

static void take_symbol(void *unused, const char *name, uint64_t address, uint64_t size) {
  (void)unused;
  size_t prefix = prefix_of(name);
  found *group = &groups[prefix == 0 ? 0 : prefix == strlen(prefixes[0]) ? 1 : 2];
  int number = look_up(name, prefix);
  group->prefix_length = prefix;
  if (number >= 0) {
    group->address[number] = address;
    group->size[number] = size;
  } else if (strcmp(name + prefix, "mallctl") == 0 || strcmp(name, "mi_version") == 0 ||
             strcmp(name, "tc_version") == 0) {
    group->version_function = address;
  }
}

static bool defines(const found *group, const char *name) {
  int number = look_up(name, 0);
  return number >= 0 && group->address[number];
}

static const char *family_of(const found *group) {
  if (defines(group, "mallocx"))
    return "jemalloc";
  if (defines(group, "mi_malloc"))
    return "mimalloc";
  if (defines(group, "tc_malloc"))
    return "tcmalloc";
  return defines(group, "malloc") ? "unknown" : NULL;
}

static allocator *add(const char *name, const char *prefix, const char *module) {
  if (count == MOST)
    return NULL;
  allocator *is = &all[count];
  *is = (allocator){.name = name, .prefix = prefix, .reason = ""};
  size_t length = strnlen(module, sizeof is->module - 1);
  memcpy(is->module, module, length);
  count++;
  return is;
}

/* Without one of these a group is not hooked at all; of the others a missing one leaves a gap that is named. */
static bool is_essential(enum hh_allocator_kind kind) {
  switch (kind) {
  case HH_FUNCTION_MALLOC:
  case HH_FUNCTION_CALLOC:
  case HH_FUNCTION_REALLOC:
  case HH_FUNCTION_FREE:
  case HH_FUNCTION_MALLOCX:
  case HH_FUNCTION_NEW:
    return true;
  default:
    return false;
  }
}

/* A wrapper that was preloaded behind us calls this library's malloc, which also goes by another name of its own
 * (mi_malloc, tc_malloc): hooked by that name, every block would be recorded twice, and without it only some of its
 * ends. */
static bool has_wrapper(const found *group, const allocator *is) {
  if (is->prefix[0] || strcmp(is->module, executable) == 0)
    return false;
  int malloc_number = look_up("malloc", 0);
  uint64_t address = group->address[malloc_number];
  uint64_t behind;
  memcpy(&behind, &hh_real.malloc, sizeof behind);
  for (int i = 0; i < NAMES; i++)
    if (i != malloc_number && address && group->address[i] == address)
      return behind != address;
  return false;
}

static const char *prepare_group(const found *group, allocator *is) {
  if (has_wrapper(group, is))
    return "another library stands between it and its callers";
  for (int i = 0; i < NAMES; i++) {
    uint64_t address = group->address[i];
    if (!address || (!is->prefix[0] && is_interposed(names[i].name, address, is->module)) || is_patched(address))
      continue;
    const char *problem = prepare(names[i].kind, address, group->size[i]);
    if (problem)
      hh_log(HH_LOG_INFO, "%s%s in %s cannot be hooked: %s", is->prefix, names[i].name, is->module, problem);
    if (problem && is_essential(names[i].kind))
      return problem;
    if (problem)
      is->reason = "some of its rare functions are not seen";
    else
      is->functions++;
  }
  return NULL;
}

static const char *hook_group(const found *group, allocator *is) {
  uint32_t first = patched_count;
  const char *problem = prepare_group(group, is);
  if (problem) {
    hh_patch_forget();
    patched_count = first;
    is->functions = 0;
    return problem;
  }
  problem = hh_patch_commit();
  for (uint32_t i = first; i < patched_count && !problem; i++)
    go_around(patched[i].address, *patched[i].original);
  return problem;
}

static void take_group(const found *group, const char *prefix, const char *module, bool one_thread) {
  const char *family = family_of(group);
  allocator *is = family ? add(family, prefix, module) : NULL;
  if (!is)
    return;
  is->version_function = group->version_function;
  const char *problem = one_thread ? hook_group(group, is) : "the process had several threads already";
  is->hooking = problem ? REFUSED : is->functions ? PATCHED : INTERPOSED;
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
    char name[TEXT];
    size_t length = strlen(prefixes[p]);
    memcpy(name, prefixes[p], length);
    for (int i = 0; i < NAMES; i++) {
      memcpy(name + length, names[i].name, strlen(names[i].name) + 1);
      if (names[i].prefixable)
        groups[p + 1].address[i] = hh_exported_symbol(object, name, &groups[p + 1].size[i]);
    }
    take_group(&groups[p + 1], prefixes[p], object->dlpi_name, one_thread);
  }
  if (!is_one)
    return;
  for (int i = 0; i < NAMES; i++)
    groups[0].address[i] = hh_exported_symbol(object, names[i].name, &groups[0].size[i]);
  for (size_t i = 0; i < sizeof versions / sizeof *versions && !groups[0].version_function; i++)
    groups[0].version_function = hh_exported_symbol(object, versions[i], NULL);
  take_group(&groups[0], "", object->dlpi_name, one_thread);
}

static void look_into_executable(uint64_t load_bias, bool one_thread) {
  memset(groups, 0, sizeof groups);
  if (!hh_file_symbols(executable, load_bias, take_symbol, NULL))
    return;
  take_group(&groups[1], prefixes[0], executable, one_thread);
  take_group(&groups[2], prefixes[1], executable, one_thread);
  if (family_of(&groups[0]))
    take_group(&groups[0], "", executable, one_thread);
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
  allocator *is = add(gnu_get_libc_version ? "glibc" : "musl", "", module);
  is->hooking = INTERPOSED;
}

/* ---- versions: asked for here, since a thread of our own that calls an allocator would get caches of it */

static const char *jemalloc_version(uint64_t function) {
  int (*control)(const char *, void *, size_t *, void *, size_t);
  const char *version = NULL;
  size_t size = sizeof version;
  memcpy(&control, &function, sizeof control);
  return control("version", &version, &size, NULL, 0) == 0 ? version : NULL;
}

static const char *tcmalloc_version(uint64_t function) {
  const char *(*version)(int *, int *, const char **);
  int major, minor;
  const char *patch;
  memcpy(&version, &function, sizeof version);
  return version(&major, &minor, &patch);
}

/* 209 is 2.0.9. */
static const char *mimalloc_version(uint64_t function) {
  static char text[] = "0.0.0";
  int (*version)(void);
  memcpy(&version, &function, sizeof version);
  int number = version();
  if (number < 100 || number > 999)
    return NULL;
  text[0] = (char)('0' + number / 100);
  text[2] = (char)('0' + number / 10 % 10);
  text[4] = (char)('0' + number % 10);
  return text;
}

static const char *version_of(const allocator *is) {
  if (strcmp(is->name, "glibc") == 0)
    return gnu_get_libc_version();
  if (!is->version_function)
    return NULL;
  if (strcmp(is->name, "jemalloc") == 0)
    return jemalloc_version(is->version_function);
  return strcmp(is->name, "tcmalloc") == 0 ? tcmalloc_version(is->version_function)
                                           : mimalloc_version(is->version_function);
}

static void ask_versions(void) {
  for (uint32_t i = 0; i < count; i++) {
    const char *version = version_of(&all[i]);
    if (version)
      memcpy(all[i].version, version, strnlen(version, sizeof all[i].version - 1));
  }
}

void hh_allocators_find(void) {
  tour is = {.one_thread = has_one_thread(), .first = true};
  add_serving();
  dl_iterate_phdr(visit_object, &is);
  /* What else defines malloc serves it, where it comes before libc. */
  for (uint32_t i = 1; i < count; i++)
    if (strcmp(all[i].module, all[0].module) == 0) {
      enum hooking hooking = all[i].functions ? PATCHED : INTERPOSED;
      all[0] = all[i];
      all[0].hooking = all[i].hooking == REFUSED ? REFUSED : hooking;
      all[i] = all[--count];
      break;
    }
  ask_versions();
  hh_allocator_stats_resolve(all[0].name, all[0].version_function);
}

/* ---- for the sender */

const char *hh_allocators_module(void) {
  return count ? all[0].module : "";
}

bool hh_allocators_pending(void) {
  return known < count;
}

void hh_allocators_put_serving(hh_pb *pb, uint32_t name_field, uint32_t version_field) {
  if (!count)
    return;
  hh_pb_text(pb, name_field, all[0].name);
  hh_pb_text(pb, version_field, all[0].version);
}

void hh_allocators_put(hh_pb *pb, uint32_t field) {
  for (uint32_t i = known; i < count; i++) {
    uint8_t *body = hh_pb_begin(pb, field);
    hh_pb_uint(pb, 1, i);
    hh_pb_text(pb, 2, all[i].name);
    hh_pb_text(pb, 3, all[i].module);
    hh_pb_text(pb, 4, all[i].version);
    hh_pb_text(pb, 5, all[i].prefix);
    hh_pb_uint(pb, 6, all[i].hooking);
    hh_pb_text(pb, 7, all[i].reason);
    hh_pb_end(pb, body);
  }
  hh_allocator_stats_put(pb, field + 1);
}

void hh_allocators_done(bool stored) {
  if (stored)
    known = count;
}

void hh_allocators_add_refused(const char *name, const char *prefix, const char *module, const char *reason) {
  for (uint32_t i = 0; i < count; i++)
    if (strcmp(all[i].module, module) == 0 && strcmp(all[i].prefix, prefix) == 0)
      return; /* loaded again */
  allocator *is = add(name, prefix, module);
  if (!is)
    return;
  is->hooking = REFUSED;
  is->reason = reason;
}

void hh_allocators_count(hh_losses *losses) {
  hh_allocators_look_again();
  for (; counted < count; counted++)
    hh_losses_add(losses, HH_LOSS_UNHOOKED_ALLOCATOR, all[counted].hooking == REFUSED, 0);
}

void hh_allocators_clear(void) {
  known = counted = 0;
  hh_allocator_stats_clear();
}
