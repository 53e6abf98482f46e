/* A pool that reports its blocks. */
#include <stdio.h>
#include <stdlib.h>

#include "heaphound.h"

enum { BLOCKS = 100, BYTES = 48 };

int main(void) {
  char *chunk = malloc(BLOCKS * BYTES);
  if (!heaphound_pool_alloc)
    return 3;
  for (int i = 0; i < BLOCKS; i++)
    heaphound_pool_alloc(chunk, chunk + i * BYTES, BYTES - i % 3);
  for (int i = 0; i < BLOCKS; i += 2)
    heaphound_pool_free(chunk, chunk + i * BYTES);
  printf("%p\n", (void *)chunk);
  return 0;
}
