#include "allocator_group.h"

#include <string.h>

#include "allocator_hooks.h"
#include "log.h"
#include "patch.h"
#include "real.h"

enum { MOST_PATCHED = 160 };

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

int hh_allocator_look_up(const char *name, size_t prefix) {
  /* Most symbols of a program are none of these: a look at two letters says so. */
  const char *is = name + prefix;
  for (int i = 0; i < HH_ALLOCATOR_NAMES; i++)
    if (names[i].name[0] == is[0] && names[i].name[1] == is[1] && (!prefix || names[i].prefixable) &&
        strcmp(names[i].name, is) == 0)
      return i;
  return -1;
}

const char *hh_allocator_function(int number, bool *prefixable) {
  *prefixable = names[number].prefixable;
  return names[number].name;
}

static bool defines(const hh_allocator_group *group, const char *name) {
  int number = hh_allocator_look_up(name, 0);
  return number >= 0 && group->address[number];
}

const char *hh_allocator_family(const hh_allocator_group *group) {
  if (defines(group, "mallocx"))
    return "jemalloc";
  if (defines(group, "mi_malloc"))
    return "mimalloc";
  if (defines(group, "tc_malloc"))
    return "tcmalloc";
  return defines(group, "malloc") ? "unknown" : NULL;
}

/* ---- patching */

/* The functions behind the hooks of hooks.c. */
static void **behind_hooks(size_t *number) {
  *number = sizeof hh_real / sizeof(void *);
  return (void **)(void *)&hh_real;
}

const char hh_allocator_executable[] = "/proc/self/exe";

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
      return strcmp(module, hh_allocator_executable) != 0 || (uintptr_t)behind[i] == address;
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
static bool has_wrapper(const hh_allocator_group *group, const hh_allocator *is) {
  if (is->prefix[0] || strcmp(is->module, hh_allocator_executable) == 0)
    return false;
  int malloc_number = hh_allocator_look_up("malloc", 0);
  uint64_t address = group->address[malloc_number];
  uint64_t behind;
  memcpy(&behind, &hh_real.malloc, sizeof behind);
  for (int i = 0; i < HH_ALLOCATOR_NAMES; i++)
    if (i != malloc_number && address && group->address[i] == address)
      return behind != address;
  return false;
}

static const char *prepare_group(const hh_allocator_group *group, hh_allocator *is) {
  if (has_wrapper(group, is))
    return "another library stands between it and its callers";
  for (int i = 0; i < HH_ALLOCATOR_NAMES; i++) {
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

const char *hh_allocator_hook_group(const hh_allocator_group *group, hh_allocator *is) {
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
