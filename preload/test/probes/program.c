/* Allocates 40 MB in blocks of many sizes and frees every second one; prints how many bytes it asked for. */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  enum { BLOCKS = 4000 };
  static void *block[BLOCKS];
  unsigned long bytes = 0;
  for (int i = 0; i < BLOCKS; i++) {
    size_t size = 100 + (size_t)(i % 40) * 500;
    block[i] = malloc(size);
    bytes += size;
    if (i % 2)
      free(block[i / 2]);
  }
  fprintf(stderr, "%lu\n", bytes);
  return 0;
}
