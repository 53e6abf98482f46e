/* Words that every file of the library uses. */
#ifndef HH_COMMON_H
#define HH_COMMON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HH_EXPORT      __attribute__((visibility("default")))
#define HH_INLINE      static inline __attribute__((always_inline))
#define HH_COLD        __attribute__((noinline, cold))
#define HH_LIKELY(x)   __builtin_expect(!!(x), 1)
#define HH_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* At the end of a function that only prefetches: it has no result and no effect that the compiler knows, and calls of
 * it would be left out. */
#define HH_HAS_EFFECT() __asm__ volatile("")

enum { HH_CACHE_LINE = 64 };

/* Of a kind that Loss.Kind in ingest.proto names; values are the protocol's. */
enum hh_loss {
  HH_LOSS_RING_FULL = 1,
  HH_LOSS_SPOOL_FULL = 2,
  HH_LOSS_UNKNOWN_FREE = 3,
  HH_LOSS_MISSED_FREE = 4,
  HH_LOSS_NO_STACK = 5,
  HH_LOSS_TRUNCATED_STACK = 6,
  HH_LOSS_GUESSED_FRAME = 7,
  HH_LOSS_BUSY = 8,
  HH_LOSS_STACK_TABLE_FULL = 9,
  HH_LOSS_UNRECORDED_FREE = 10,
  HH_LOSS_FORGOTTEN = 11,
  HH_LOSS_SAMPLE_SET_FULL = 12,
  HH_LOSS_MARKER = 13,
  HH_LOSS_MEMORY_CALL = 16,
  HH_LOSS_UNHOOKED_ALLOCATOR = 17,
  HH_LOSS_KINDS
};

/* How an allocation came about; the values of ALLOCATION_KIND in docs/wire.md. */
enum hh_kind { HH_KIND_MALLOC = 0, HH_KIND_CALLOC = 1, HH_KIND_REALLOC = 2, HH_KIND_ALIGNED = 3 };
#endif
