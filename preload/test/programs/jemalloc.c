/* Uses jemalloc's own functions and prints what it did: allocations, frees, bytes. What jemalloc counts for this thread
 * must be the same. PREFIX: before jemalloc's names. */
#include <stdio.h>
#include <stdlib.h>

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#ifndef PREFIX
#define PREFIX
#endif
#define J(name) JOIN(PREFIX, name)

void *J(mallocx)(size_t size, int flags);
void *J(rallocx)(void *block, size_t size, int flags);
size_t J(xallocx)(void *block, size_t size, size_t extra, int flags);
void J(dallocx)(void *block, int flags);
void J(sdallocx)(void *block, size_t size, int flags);
size_t J(nallocx)(size_t size, int flags);
int J(mallctl)(const char *name, void *out, size_t *bytes, void *in, size_t in_bytes);
void *J(malloc)(size_t size);
void *J(calloc)(size_t count, size_t size);
void *J(realloc)(void *block, size_t size);
int J(posix_memalign)(void **out, size_t alignment, size_t size);
void *J(aligned_alloc)(size_t alignment, size_t size);
void J(free)(void *block);

enum { ZERO = 0x40, ALIGN_4096 = 12 };
static size_t allocations, frees, bytes, usable;

static void *took(void *block, size_t size, int flags) {
  allocations++;
  bytes += size;
  usable += J(nallocx)(size, flags);
  return block;
}

static size_t counter(const char *name) {
  size_t value = 0, size = sizeof value;
  if (J(mallctl)(name, &value, &size, NULL, 0) != 0)
    exit(8);
  return value;
}

__attribute__((noinline)) static void many(void) {
  for (int i = 0; i < 300; i++) {
    void *block = took(J(mallocx)(1000 + i, 0), 1000 + i, 0);
    if (i % 2)
      J(dallocx)(block, 0), frees++;
  }
}

int main(void) {
  size_t before = counter("thread.allocated");
  many();
  void *block = took(J(mallocx)(5000, ZERO | ALIGN_4096), 5000, ZERO | ALIGN_4096);
  block = took(J(rallocx)(block, 90000, 0), 90000, 0), frees++;
  J(sdallocx)(block, 90000, 0), frees++;
  took(J(malloc)(333), 333, 0);
  block = took(J(calloc)(3, 77), 231, 0);
  block = took(J(realloc)(block, 7777), 7777, 0), frees++;
  J(free)(block), frees++;
  if (J(posix_memalign)(&block, 256, 4321) != 0)
    return 7;
  took(block, 4321, 8);
  J(free)(block), frees++;
  took(J(aligned_alloc)(64, 640), 640, 6);
  if (counter("thread.allocated") - before != usable)
    return 9;
  block = took(J(mallocx)(200000, 0), 200000, 0);
  if (J(xallocx)(block, 210000, 0, 0) >= 210000) /* where it is, or not at all */
    took(block, 210000, 0), frees++;
  char text[64];
  int length = snprintf(text, sizeof text, "%zu %zu %zu\n", allocations, frees, bytes);
  return fwrite(text, 1, (size_t)length, stdout) != (size_t)length;
}
