/* The public functions: 10 blocks of 1001 bytes before stop, 10 of 1002 while stopped, 10 of 1003 after start. */
#include "heaphound.h"

#include <stdlib.h>

static void *volatile block;

static void allocate(int count, size_t size) {
  for (int i = 0; i < count; i++) {
    block = malloc(size);
    free(block);
  }
}

int main(void) {
  if (!heaphound_sync)
    return 3; /* not profiled */
  allocate(10, 1001);
  if (heaphound_sync() != 0)
    return 1;
  heaphound_stop();
  allocate(10, 1002);
  heaphound_start();
  allocate(10, 1003);
  return heaphound_sync();
}
