/* Hooks for functions of allocators other than the one behind malloc. Each kind has a number of equal hooks, since each
 * must know which function it stands before. */
#ifndef HH_ALLOCATOR_HOOKS_H
#define HH_ALLOCATOR_HOOKS_H
#include "common.h"

enum hh_allocator_kind {
  HH_FUNCTION_MALLOC,         /* (size) */
  HH_FUNCTION_ZALLOC,         /* (size), zeroed */
  HH_FUNCTION_CALLOC,         /* (count, size) */
  HH_FUNCTION_REALLOC,        /* (block, size, ...) */
  HH_FUNCTION_FREE,           /* (block, ...) */
  HH_FUNCTION_POSIX_MEMALIGN, /* (out, alignment, size) */
  HH_FUNCTION_ALIGNED,        /* (alignment, size) */
  HH_FUNCTION_SIZED_ALIGNED,  /* (size, alignment) */
  HH_FUNCTION_VALLOC,         /* (size), to whole pages */
  HH_FUNCTION_MALLOCX,        /* (size, flags) */
  HH_FUNCTION_XALLOCX,        /* (block, size, extra, flags): resizes in place or not at all */
  HH_FUNCTION_NEW,            /* (size, ...), may throw */
  HH_FUNCTION_NEW_ALIGNED,    /* (size, alignment, ...), may throw */
  HH_FUNCTION_KINDS
};

enum { HH_HOOKS_PER_KIND = 40 };

/* Hook number `index` of a kind. */
const void *hh_allocator_hook(enum hh_allocator_kind kind, unsigned index);
/* Where it finds the function that it stands before; to be set before the hook can be called. */
void **hh_allocator_original(enum hh_allocator_kind kind, unsigned index);
#endif
