/* As hooks.c, for functions that are reached by patching. While the original runs, what other hooks see is its own
 * doing and not recorded: allocators build some of their functions on others. */
#include "allocator_hooks.h"

#include "record.h"

enum { PAGE = 4096 };
enum { MALLOCX_ALIGN_MASK = 63, MALLOCX_ZERO = 64 };

static void *originals[HH_FUNCTION_KINDS][HH_HOOKS_PER_KIND];

typedef uintptr_t word;

HH_INLINE void *call(void *function, word a, word b, word c, word d) {
  void *(*original)(word, word, word, word);
  __builtin_memcpy(&original, &function, sizeof original);
  return original(a, b, c, d);
}

/* More arguments than a function has are in registers that it does not read. */
HH_INLINE void *allocate(void *const *frame, void *original, const word *arguments, size_t size, enum hh_kind kind,
                         size_t alignment) {
  if (NOT_EVERYTHING && hh_skips_nested(size))
    return call(original, arguments[0], arguments[1], arguments[2], arguments[3]);
  hh_thread *thread = begin(frame);
  void *block = call(original, arguments[0], arguments[1], arguments[2], arguments[3]);
  end_alloc(thread, frame, block, size, kind, alignment);
  return block;
}

#define ORIGINAL(kind, n) originals[HH_FUNCTION_##kind][n]
#define HOOK              static __attribute__((noinline))

#define MALLOC(n)                                                                                                      \
  HOOK void *malloc_##n(word size) {                                                                                   \
    return allocate(HH_FRAME(), ORIGINAL(MALLOC, n), (word[4]){size}, size, HH_KIND_MALLOC, 0);                        \
  }
#define ZALLOC(n)                                                                                                      \
  HOOK void *zalloc_##n(word size) {                                                                                   \
    return allocate(HH_FRAME(), ORIGINAL(ZALLOC, n), (word[4]){size}, size, HH_KIND_CALLOC, 0);                        \
  }
#define CALLOC(n)                                                                                                      \
  HOOK void *calloc_##n(word count, word size) {                                                                       \
    return allocate(HH_FRAME(), ORIGINAL(CALLOC, n), (word[4]){count, size}, count * size, HH_KIND_CALLOC, 0);         \
  }
#define ALIGNED(n)                                                                                                     \
  HOOK void *aligned_##n(word alignment, word size) {                                                                  \
    return allocate(HH_FRAME(), ORIGINAL(ALIGNED, n), (word[4]){alignment, size}, size, HH_KIND_ALIGNED, alignment);   \
  }
#define SIZED_ALIGNED(n)                                                                                               \
  HOOK void *sized_aligned_##n(word size, word alignment) {                                                            \
    return allocate(HH_FRAME(), ORIGINAL(SIZED_ALIGNED, n), (word[4]){size, alignment}, size, HH_KIND_ALIGNED,         \
                    alignment);                                                                                        \
  }
#define VALLOC(n)                                                                                                      \
  HOOK void *valloc_##n(word size) {                                                                                   \
    return allocate(HH_FRAME(), ORIGINAL(VALLOC, n), (word[4]){size}, size, HH_KIND_ALIGNED, PAGE);                    \
  }

HH_INLINE void *allocate_x(void *const *frame, void *original, word size, word flags) {
  unsigned align_log2 = flags & MALLOCX_ALIGN_MASK;
  enum hh_kind kind = align_log2 ? HH_KIND_ALIGNED : flags & MALLOCX_ZERO ? HH_KIND_CALLOC : HH_KIND_MALLOC;
  return allocate(frame, original, (word[4]){size, flags}, size, kind, (size_t)1 << align_log2);
}
#define MALLOCX(n)                                                                                                     \
  HOOK void *mallocx_##n(word size, word flags) {                                                                      \
    return allocate_x(HH_FRAME(), ORIGINAL(MALLOCX, n), size, (uint32_t)flags);                                        \
  }

HH_INLINE int allocate_out(void *const *frame, void *original, void **out, word alignment, word size) {
  if (NOT_EVERYTHING && hh_skips_nested(size))
    return (int)(word)call(original, (word)out, alignment, size, 0);
  hh_thread *thread = begin(frame);
  int status = (int)(word)call(original, (word)out, alignment, size, 0);
  end_alloc(thread, frame, status == 0 ? *out : NULL, size, HH_KIND_ALIGNED, alignment);
  return status;
}
#define POSIX_MEMALIGN(n)                                                                                              \
  HOOK int posix_memalign_##n(void **out, word alignment, word size) {                                                 \
    return allocate_out(HH_FRAME(), ORIGINAL(POSIX_MEMALIGN, n), out, alignment, size);                                \
  }

HH_INLINE void *reallocate(void *const *frame, void *original, void *old, word size, word c, word d) {
  if (NOT_EVERYTHING && hh_skips_free(old) && hh_skips_nested(size))
    return call(original, (word)old, size, c, d);
  hh_thread *thread = begin(frame);
  uint64_t before = thread ? hh_ring_ticks() : 0;
  void *block = call(original, (word)old, size, c, d);
  end_realloc(thread, frame, old, before, block, size);
  return block;
}
#define REALLOC(n)                                                                                                     \
  HOOK void *realloc_##n(void *old, word size, word c, word d) {                                                       \
    return reallocate(HH_FRAME(), ORIGINAL(REALLOC, n), old, size, c, d);                                              \
  }

/* The real size behind the call: it was resized when that is at least what was asked for. */
HH_INLINE word resize(void *const *frame, void *original, void *block, word size, word extra, word flags) {
  if (NOT_EVERYTHING && hh_skips_free(block) && hh_skips_nested(size))
    return (word)call(original, (word)block, size, extra, flags);
  hh_thread *thread = begin(frame);
  uint64_t before = thread ? hh_ring_ticks() : 0;
  word is = (word)call(original, (word)block, size, extra, flags);
  if (is >= size)
    end_realloc(thread, frame, block, before, block, size);
  else if (thread)
    hh_guard_leave(thread);
  return is;
}
#define XALLOCX(n)                                                                                                     \
  HOOK word xallocx_##n(void *block, word size, word extra, word flags) {                                              \
    return resize(HH_FRAME(), ORIGINAL(XALLOCX, n), block, size, extra, flags);                                        \
  }

HH_INLINE void release(void *const *frame, void *original, void *block, const word *more) {
  hh_thread *thread = block && !(NOT_EVERYTHING && hh_skips_free(block)) ? begin(frame) : NULL;
  if (thread) {
    thread->busy = (uintptr_t)frame;
    put_free(thread, frame, block, hh_ring_ticks());
    thread->busy = (uintptr_t)frame | HH_BUSY_QUIET;
  }
  call(original, (word)block, more[0], more[1], more[2]);
  if (thread)
    hh_guard_leave(thread);
}
#define FREE(n)                                                                                                        \
  HOOK void free_##n(void *block, word b, word c, word d) {                                                            \
    release(HH_FRAME(), ORIGINAL(FREE, n), block, (word[3]){b, c, d});                                                 \
  }

/* It may be left by an exception, and its mark with it: see HH_BUSY_THROWS. */
HH_INLINE void *create(void *const *frame, void *original, const word *arguments, enum hh_kind kind, size_t alignment) {
  if (NOT_EVERYTHING && hh_skips_nested(arguments[0]))
    return call(original, arguments[0], arguments[1], arguments[2], 0);
  hh_thread *thread = begin(frame);
  if (thread) {
    thread->thrower = frame[1];
    thread->busy |= HH_BUSY_THROWS;
  }
  void *block = call(original, arguments[0], arguments[1], arguments[2], 0);
  end_alloc(thread, frame, block, arguments[0], kind, alignment);
  return block;
}
#define NEW(n)                                                                                                         \
  HOOK void *new_##n(word size, word b, word c) {                                                                      \
    return create(HH_FRAME(), ORIGINAL(NEW, n), (word[3]){size, b, c}, HH_KIND_MALLOC, 0);                             \
  }
#define NEW_ALIGNED(n)                                                                                                 \
  HOOK void *new_aligned_##n(word size, word alignment, word c) {                                                      \
    return create(HH_FRAME(), ORIGINAL(NEW_ALIGNED, n), (word[3]){size, alignment, c}, HH_KIND_ALIGNED, alignment);    \
  }

#define TIMES_8(F)  F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7)
#define TIMES_16(F) TIMES_8(F) F(8) F(9) F(10) F(11) F(12) F(13) F(14) F(15)
#define TIMES_24(F) TIMES_16(F) F(16) F(17) F(18) F(19) F(20) F(21) F(22) F(23)
#define TIMES_32(F) TIMES_24(F) F(24) F(25) F(26) F(27) F(28) F(29) F(30) F(31)
#define TIMES_40(F) TIMES_32(F) F(32) F(33) F(34) F(35) F(36) F(37) F(38) F(39)

TIMES_16(MALLOC)
TIMES_8(ZALLOC)
TIMES_8(CALLOC)
TIMES_16(REALLOC)
TIMES_40(FREE)
TIMES_8(POSIX_MEMALIGN)
TIMES_16(ALIGNED)
TIMES_8(SIZED_ALIGNED)
TIMES_16(VALLOC)
TIMES_8(MALLOCX)
TIMES_8(XALLOCX)
TIMES_16(NEW)
TIMES_16(NEW_ALIGNED)

#define ADDRESS_MALLOC(n)         (const void *)malloc_##n,
#define ADDRESS_ZALLOC(n)         (const void *)zalloc_##n,
#define ADDRESS_CALLOC(n)         (const void *)calloc_##n,
#define ADDRESS_REALLOC(n)        (const void *)realloc_##n,
#define ADDRESS_FREE(n)           (const void *)free_##n,
#define ADDRESS_POSIX_MEMALIGN(n) (const void *)posix_memalign_##n,
#define ADDRESS_ALIGNED(n)        (const void *)aligned_##n,
#define ADDRESS_SIZED_ALIGNED(n)  (const void *)sized_aligned_##n,
#define ADDRESS_VALLOC(n)         (const void *)valloc_##n,
#define ADDRESS_MALLOCX(n)        (const void *)mallocx_##n,
#define ADDRESS_XALLOCX(n)        (const void *)xallocx_##n,
#define ADDRESS_NEW(n)            (const void *)new_##n,
#define ADDRESS_NEW_ALIGNED(n)    (const void *)new_aligned_##n,

static const void *const hooks[HH_FUNCTION_KINDS][HH_HOOKS_PER_KIND] = {
    [HH_FUNCTION_MALLOC] = {TIMES_16(ADDRESS_MALLOC)},
    [HH_FUNCTION_ZALLOC] = {TIMES_8(ADDRESS_ZALLOC)},
    [HH_FUNCTION_CALLOC] = {TIMES_8(ADDRESS_CALLOC)},
    [HH_FUNCTION_REALLOC] = {TIMES_16(ADDRESS_REALLOC)},
    [HH_FUNCTION_FREE] = {TIMES_40(ADDRESS_FREE)},
    [HH_FUNCTION_POSIX_MEMALIGN] = {TIMES_8(ADDRESS_POSIX_MEMALIGN)},
    [HH_FUNCTION_ALIGNED] = {TIMES_16(ADDRESS_ALIGNED)},
    [HH_FUNCTION_SIZED_ALIGNED] = {TIMES_8(ADDRESS_SIZED_ALIGNED)},
    [HH_FUNCTION_VALLOC] = {TIMES_16(ADDRESS_VALLOC)},
    [HH_FUNCTION_MALLOCX] = {TIMES_8(ADDRESS_MALLOCX)},
    [HH_FUNCTION_XALLOCX] = {TIMES_8(ADDRESS_XALLOCX)},
    [HH_FUNCTION_NEW] = {TIMES_16(ADDRESS_NEW)},
    [HH_FUNCTION_NEW_ALIGNED] = {TIMES_16(ADDRESS_NEW_ALIGNED)},
};

const void *hh_allocator_hook(enum hh_allocator_kind kind, unsigned index) {
  return index < HH_HOOKS_PER_KIND ? hooks[kind][index] : NULL;
}

void **hh_allocator_original(enum hh_allocator_kind kind, unsigned index) {
  return &originals[kind][index];
}
