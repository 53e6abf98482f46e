/* Two libraries loaded in turn at the same address with different frames at equal offsets; lazy binding through a
 * resolver that allocates; libraries that load others. Arguments: the directory of the plugins. */
#include "touch.h"
#include <alloca.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static NOINLINE void through_alloca(void (*plugin)(void), int bytes) {
  volatile char *area = alloca((size_t)bytes);
  area[0] = 1;
  plugin();
  area[1] = 2;
  touch(3);
}
static NOINLINE void through(void (*plugin)(void)) {
  plugin();
  touch(2);
}
static NOINLINE void through_larger(void (*plugin)(void)) {
  volatile char area[56];
  area[0] = 1;
  plugin();
  touch((size_t)area[0]);
}

static void *open_plugin(const char *directory, const char *name, int mode) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  void *library = dlopen(path, mode);
  if (!library) {
    fprintf(stderr, "%s\n", dlerror());
    exit(1);
  }
  return library;
}

static void *function_of(void *library, const char *name) {
  void *function = dlsym(library, name);
  if (!function)
    exit(1);
  return function;
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  void *last = NULL;
  int same_place = 0;
  for (int round = 0; round < 40; round++) {
    void *library = open_plugin(argv[1], round & 1 ? "plugin_large.so" : "plugin_small.so", RTLD_NOW);
    void (*plugin)(void);
    void *found = function_of(library, "plugin");
    memcpy(&plugin, &found, sizeof plugin);
    same_place += found == last;
    last = found;
    for (int i = 0; i < 3; i++) {
      through(plugin);
      through_larger(plugin);
      for (int bytes = 0; bytes < 200; bytes += 8)
        through_alloca(plugin, bytes);
    }
    dlclose(library);
  }
  void *user = open_plugin(argv[1], "plugin_user.so", RTLD_LAZY);
  int (*use)(int);
  void *found = function_of(user, "plugin_use");
  memcpy(&use, &found, sizeof use);
  touch((size_t)use(4));
  touch((size_t)use(5));
  dlclose(user);
#if defined(__GLIBC__)
  if (same_place < 30) { /* the case this is about did not happen */
    fprintf(stderr, "only %d of 39 loads were at the place of the load before\n", same_place);
    return 1;
  }
#endif
  puts("ok");
  return 0;
}
