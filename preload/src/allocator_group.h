/* The functions of one allocator in one object: those without a prefix, or those behind one. */
#ifndef HH_ALLOCATOR_GROUP_H
#define HH_ALLOCATOR_GROUP_H
#include "allocator_list.h"

enum {
#define NAME(kind, prefixable, name) HH_ALLOCATOR_NAME_##name,
#include "allocator_names.def"
#undef NAME
  HH_ALLOCATOR_NAMES
};

typedef struct hh_allocator_group {
  uint64_t address[HH_ALLOCATOR_NAMES], size[HH_ALLOCATOR_NAMES];
  uint64_t version_function;
} hh_allocator_group;

/* The functions' names, and those that may have a prefix. */
const char *hh_allocator_function(int number, bool *prefixable);
/* The number of a name behind a prefix of that length; -1: it is none. */
int hh_allocator_look_up(const char *name, size_t prefix);
/* Whose functions these are; NULL: nobody's. */
const char *hh_allocator_family(const hh_allocator_group *group);
/* The path of what belongs to the executable itself. */
extern const char hh_allocator_executable[];
/* Patches what no symbol leads to our hooks. NULL, or why the allocator's calls cannot be seen; nothing is patched
 * then. */
const char *hh_allocator_hook_group(const hh_allocator_group *group, hh_allocator *is);
#endif
