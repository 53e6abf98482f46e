#include "real.h"

#include <errno.h>
#include <string.h>

#include "libc.h"
#include "sys/sys.h"

enum { PAGE = 4096, BOOT_BYTES = 64 << 10 };

/* ---- blocks for the time before there is an allocator */

typedef struct boot_block {
  size_t size, pad;
} boot_block;

static char boot[BOOT_BYTES] __attribute__((aligned(16)));
static size_t boot_used;

static void *boot_alloc(size_t size) {
  if (size > BOOT_BYTES) {
    errno = ENOMEM;
    return NULL;
  }
  size_t take = sizeof(boot_block) + ((size + 15) & ~(size_t)15);
  size_t at = __atomic_fetch_add(&boot_used, take, __ATOMIC_RELAXED);
  if (at > BOOT_BYTES - take) {
    errno = ENOMEM;
    return NULL;
  }
  boot_block *block = (boot_block *)(void *)(boot + at);
  block->size = size;
  return block + 1;
}

bool hh_real_is_boot(const void *block) {
  return (uintptr_t)block - (uintptr_t)boot < BOOT_BYTES;
}

size_t hh_real_boot_size(const void *block) {
  return ((const boot_block *)block - 1)->size;
}

/* ---- what a libc lacks */

static void *fallback_aligned(size_t alignment, size_t size) {
  void *block = NULL;
  if (alignment < sizeof(void *))
    alignment = sizeof(void *);
  int status = hh_real.posix_memalign(&block, alignment, size);
  if (status == 0)
    return block;
  errno = status;
  return NULL;
}

/* Where there is no dlsym yet (libc.h): glibc's own allocator by its other names. */
extern void *__libc_malloc(size_t size) __attribute__((weak));
extern void __libc_free(void *block) __attribute__((weak));
extern void *__libc_calloc(size_t count, size_t size) __attribute__((weak));
extern void *__libc_realloc(void *block, size_t size) __attribute__((weak));
extern void *__libc_memalign(size_t alignment, size_t size) __attribute__((weak));

static int fallback_posix_memalign(void **out, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) || alignment & (alignment - 1) || !alignment)
    return EINVAL;
  int saved_errno = errno;
  void *block = __libc_memalign ? __libc_memalign(alignment, size) : NULL;
  errno = saved_errno;
  if (!block)
    return ENOMEM;
  *out = block;
  return 0;
}

static void *fallback_reallocarray(void *block, size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total)) {
    errno = ENOMEM;
    return NULL;
  }
  return hh_real.realloc(block, total);
}

static void *fallback_valloc(size_t size) {
  return hh_real.memalign(PAGE, size);
}

static void *fallback_pvalloc(size_t size) {
  size_t rounded;
  if (__builtin_add_overflow(size, PAGE - 1, &rounded)) {
    errno = ENOMEM;
    return NULL;
  }
  return hh_real.memalign(PAGE, rounded & ~(size_t)(PAGE - 1));
}

static size_t fallback_usable_size(void *block) {
  (void)block;
  return 0;
}

static void fallback_free_sized(void *block, size_t size) {
  (void)size;
  hh_real.free(block);
}

static void fallback_free_aligned_sized(void *block, size_t alignment, size_t size) {
  (void)alignment;
  (void)size;
  hh_real.free(block);
}

/* ---- until they are resolved */

static void *boot_malloc(size_t size) {
  return hh_real_resolve() ? hh_real.malloc(size) : boot_alloc(size);
}

static void boot_free(void *block) {
  if (hh_real_resolve())
    hh_real.free(block);
}

static void *boot_calloc(size_t count, size_t size) {
  size_t total;
  if (hh_real_resolve())
    return hh_real.calloc(count, size);
  return __builtin_mul_overflow(count, size, &total) ? NULL : boot_alloc(total); /* boot memory starts as zeros */
}

static void *boot_realloc(void *block, size_t size) {
  if (hh_real_resolve())
    return hh_real.realloc(block, size);
  void *moved = boot_alloc(size);
  if (moved && block && hh_real_is_boot(block)) {
    size_t had = hh_real_boot_size(block);
    memcpy(moved, block, had < size ? had : size);
  }
  return moved;
}

static void *boot_reallocarray(void *block, size_t count, size_t size) {
  return hh_real_resolve() ? hh_real.reallocarray(block, count, size) : fallback_reallocarray(block, count, size);
}

static int boot_posix_memalign(void **out, size_t alignment, size_t size) {
  return hh_real_resolve() ? hh_real.posix_memalign(out, alignment, size) : ENOMEM;
}

static void *boot_aligned_alloc(size_t alignment, size_t size) {
  return hh_real_resolve() ? hh_real.aligned_alloc(alignment, size) : NULL;
}

static void *boot_memalign(size_t alignment, size_t size) {
  return hh_real_resolve() ? hh_real.memalign(alignment, size) : NULL;
}

static void *boot_valloc(size_t size) {
  return hh_real_resolve() ? hh_real.valloc(size) : NULL;
}

static void *boot_pvalloc(size_t size) {
  return hh_real_resolve() ? hh_real.pvalloc(size) : NULL;
}

static size_t boot_malloc_usable_size(void *block) {
  return hh_real_resolve() ? hh_real.malloc_usable_size(block) : 0;
}

static void boot_free_sized(void *block, size_t size) {
  if (hh_real_resolve())
    hh_real.free_sized(block, size);
}

static void boot_free_aligned_sized(void *block, size_t alignment, size_t size) {
  if (hh_real_resolve())
    hh_real.free_aligned_sized(block, alignment, size);
}

hh_real_functions hh_real = {
#define HOOK(result, name, parameters, arguments) .name = boot_##name,
#include "hooks.def"
#undef HOOK
};

/* ---- the look-up */

enum { UNRESOLVED, RESOLVING, RESOLVED };
static int state;

static void *next(const char *name, void *fallback) {
  void *found = hh_libc_next(name);
  return found ? found : fallback;
}

#pragma weak __errno_location

bool hh_real_resolve(void) {
  int expected = UNRESOLVED;
  if (!__atomic_compare_exchange_n(&state, &expected, RESOLVING, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
    return expected == RESOLVED;
  bool keeps_errno = __errno_location != NULL;
  int saved_errno = keeps_errno ? errno : 0;
  hh_real_functions found = {
      .malloc = next("malloc", __libc_malloc),
      .free = next("free", __libc_free),
      .calloc = next("calloc", __libc_calloc),
      .realloc = next("realloc", __libc_realloc),
      .reallocarray = next("reallocarray", fallback_reallocarray),
      .posix_memalign = next("posix_memalign", fallback_posix_memalign),
      .aligned_alloc = next("aligned_alloc", fallback_aligned),
      .memalign = next("memalign", fallback_aligned),
      .valloc = next("valloc", fallback_valloc),
      .pvalloc = next("pvalloc", fallback_pvalloc),
      .malloc_usable_size = next("malloc_usable_size", fallback_usable_size),
      .free_sized = next("free_sized", fallback_free_sized),
      .free_aligned_sized = next("free_aligned_sized", fallback_free_aligned_sized),
  };
  hh_real = found;
  if (keeps_errno)
    errno = saved_errno;
  __atomic_store_n(&state, RESOLVED, __ATOMIC_RELEASE);
  return true;
}
