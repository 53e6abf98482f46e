/* An allocator of the program's own, linked into it under the names that Rust gives jemalloc. It takes memory from one
 * large array and gives a block back only if it was the last one. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PUBLIC __attribute__((noinline, visibility("default")))
enum { ARENA = 64 << 20, HEAD = 16 };
static char arena[ARENA] __attribute__((aligned(4096)));
static size_t used;
static unsigned long made, freed;

static void *take(size_t size, size_t alignment) {
  size_t at = (used + HEAD + alignment - 1) & ~(alignment - 1);
  if (at + size > ARENA)
    return NULL;
  memcpy(arena + at - HEAD, &size, sizeof size);
  used = at + size;
  made++;
  return arena + at;
}

PUBLIC void *_rjem_malloc(size_t size) {
  return take(size, 16);
}
PUBLIC void *_rjem_calloc(size_t count, size_t size) {
  void *block = take(count * size, 16);
  return block ? memset(block, 0, count * size) : NULL;
}
PUBLIC int _rjem_posix_memalign(void **out, size_t alignment, size_t size) {
  *out = take(size, alignment);
  return *out ? 0 : 12;
}
PUBLIC void *_rjem_aligned_alloc(size_t alignment, size_t size) {
  return take(size, alignment);
}
PUBLIC void *_rjem_mallocx(size_t size, int flags) {
  return take(size, (size_t)1 << (flags & 63) < 16 ? 16 : (size_t)1 << (flags & 63));
}
PUBLIC void _rjem_free(void *block) {
  size_t size;
  if (!block)
    return;
  memcpy(&size, (char *)block - HEAD, sizeof size);
  freed++;
  memset(block, 0xdd, size);
  if ((char *)block + size == arena + used)
    used -= size;
}
PUBLIC void _rjem_sdallocx(void *block, size_t size, int flags) {
  (void)flags;
  freed++;
  memset(block, 0xee, size);
}
PUBLIC void *_rjem_realloc(void *block, size_t size) {
  size_t had = 0;
  void *moved = take(size, 16);
  if (block)
    memcpy(&had, (char *)block - HEAD, sizeof had);
  if (block && moved)
    memcpy(moved, block, had < size ? had : size);
  if (block)
    freed++;
  return moved;
}

int main(void) {
  unsigned long sum = 0;
  for (int i = 0; i < 500; i++) {
    char *a = _rjem_malloc(1111), *b = _rjem_calloc(2, 1111), *c = _rjem_malloc(10), *d, *e = _rjem_mallocx(5555, 6);
    void *f = NULL;
    memset(a, 1, 1111);
    strcpy(c, "moved");
    d = _rjem_realloc(c, 3333);
    if (_rjem_posix_memalign(&f, 256, 4444) || (uintptr_t)f % 256 || (uintptr_t)e % 64 || strcmp(d, "moved"))
      return 1;
    sum += (unsigned char)b[7];
    _rjem_free(f);
    _rjem_sdallocx(e, 5555, 0);
    _rjem_free(b);
    if (i % 2)
      _rjem_free(a);
  }
  printf("%lu %lu %lu\n", made, freed, sum);
  return 0;
}
