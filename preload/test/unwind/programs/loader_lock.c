/* A callback that allocates while the loader's lock is held, against a thread that loads and unloads: with a lock of
 * ours held around dl_iterate_phdr this hangs. Arguments: the directory of the plugins. */
#include "touch.h"
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static int stop;

static int visit(struct dl_phdr_info *info, size_t size, void *data) {
  (void)info, (void)size, (void)data;
  touch(40);
  return 0;
}
static void *iterate(void *argument) {
  while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
    dl_iterate_phdr(visit, NULL);
  return argument;
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  char path[4096];
  snprintf(path, sizeof path, "%s/plugin_small.so", argv[1]);
  pthread_t thread;
  if (pthread_create(&thread, NULL, iterate, NULL))
    return 1;
  for (int i = 0; i < 300; i++) {
    void *library = dlopen(path, RTLD_NOW);
    if (!library)
      return 1;
    void (*plugin)(void);
    void *found = dlsym(library, "plugin");
    memcpy(&plugin, &found, sizeof plugin);
    plugin();
    dlclose(library);
    touch(9);
  }
  __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
  pthread_join(thread, NULL);
  puts("ok");
  return 0;
}
