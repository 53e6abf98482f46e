/* Allocates in a known way: known.expected.h has what a recording of it must hold. Single-threaded, no stdio. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static __attribute__((noinline)) void *leaf(size_t size) {
  char *block = malloc(size);
  __asm__ volatile("" : : "r"(block) : "memory");
  return block;
}

static __attribute__((noinline)) void *middle(size_t size) {
  char *block = leaf(size + 1);
  __asm__ volatile("" : : "r"(block) : "memory");
  return block;
}

/* volatile: the compiler must not take calls away */
static void *volatile kept[100];

int main(void) {
  for (int i = 0; i < 100; i++)
    kept[i] = middle(1000 + (size_t)i);
  for (int i = 0; i < 100; i += 2)
    free(kept[i]);
  void *volatile zeroed = calloc(7, 1111);
  void *volatile grown = malloc(3001);
  grown = realloc(grown, 90001);
  grown = realloc(grown, 5001);
  void *aligned = NULL;
  if (posix_memalign(&aligned, 256, 4321) != 0)
    return 1;
  void *volatile more = aligned_alloc(64, 640);
  free(more);
  free(grown);
  free(zeroed);
  free(aligned);
  return 0;
}
