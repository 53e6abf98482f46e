// Loads a library, lets it allocate, unloads it, again and again: plugins PLUGIN TIMES. The blocks are never freed, so each
// must still show the plugin's function long after the library has gone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

static __attribute__((noinline)) int use_once(const char *path, int round) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) return 1;
  void *(*allocate)(size_t) = (void *(*)(size_t))dlsym(library, "plugin_allocate");
  if (!allocate || !allocate((size_t)(70000 + round))) return 2;
  return dlclose(library);
}

int main(int argc, char **argv) {
  if (argc != 3) return 3;
  int times = atoi(argv[2]);
  for (int round = 0; round < times; round++) {
    int status = use_once(argv[1], round);
    if (status != 0) return status;
  }
  return 0;
}
