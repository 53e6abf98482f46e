// Loaded, used and unloaded by plugins.c. A copy of this file may land at the address of one that has left.
#include <stdlib.h>

__attribute__((noinline)) void *plugin_allocate(size_t size) {
  void *block = malloc(size);
  __asm__ volatile("" ::: "memory");
  return block;
}
