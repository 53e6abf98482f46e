/* later LIBRARY: loads an allocator and uses it, unknown to libc. */
#include <dlfcn.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  void *(*take)(size_t) = library ? (void *(*)(size_t))dlsym(library, "mi_malloc") : NULL;
  if (!take || !take(1000))
    return 2;
  for (int i = 0; i < 200; i++)
    free(malloc(64));
  return 0;
}
