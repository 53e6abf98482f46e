/* What is known of each allocator in the process; number 0 is what serves malloc. */
#ifndef HH_ALLOCATOR_LIST_H
#define HH_ALLOCATOR_LIST_H
#include "common.h"

enum { HH_ALLOCATOR_VERSION_BYTES = 64, HH_ALLOCATOR_PATH_BYTES = 512 };
/* Allocator.Hooking */
enum hh_allocator_hooking { HH_ALLOCATOR_INTERPOSED = 1, HH_ALLOCATOR_PATCHED = 3, HH_ALLOCATOR_REFUSED = 4 };

typedef struct hh_allocator {
  const char *name, *prefix, *reason;
  char module[HH_ALLOCATOR_PATH_BYTES];
  enum hh_allocator_hooking hooking;
  uint32_t functions;        /* that are hooked */
  uint64_t version_function; /* by which it says its version, 0 = none */
  char version[HH_ALLOCATOR_VERSION_BYTES];
} hh_allocator;

/* A new one; NULL when there are too many. */
hh_allocator *hh_allocator_list_add(const char *name, const char *prefix, const char *module);
/* All have been found: what defines malloc in the object that serves it is what serves it. */
const hh_allocator *hh_allocator_list_settle(void);
/* Asks each for its version (allocator_versions.c): by the thread that starts the library, since a thread of our own
 * that calls an allocator would get caches of it. */
void hh_allocator_ask_version(hh_allocator *is);
#endif
