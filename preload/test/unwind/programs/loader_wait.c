/* One thread holds the loader's lock and waits for another one, which allocates at code addresses that nobody has seen:
 * with the loader's lock taken anywhere in a hook, neither goes on. First in a callback of dl_iterate_phdr, then with
 * threads that load, unload and throw through callbacks all at once. Arguments: the directory of the plugins. */
#include "touch.h"
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char directory[4000];
static pthread_mutex_t held_by_other = PTHREAD_MUTEX_INITIALIZER;
static int stage, stop;

static void reach(int wanted) {
  __atomic_store_n(&stage, wanted, __ATOMIC_RELEASE);
}
static void await(int wanted) {
  while (__atomic_load_n(&stage, __ATOMIC_ACQUIRE) < wanted)
    usleep(100);
}

typedef void (*function)(void);
static function load(void **library, const char *name) {
  char path[4096];
  function result = NULL;
  snprintf(path, sizeof path, "%s/%s", directory, name);
  *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  void *found = *library ? dlsym(*library, "plugin") : NULL;
  memcpy(&result, &found, sizeof result);
  return result;
}

static int wait_inside(struct dl_phdr_info *info, size_t size, void *data) {
  (void)info, (void)size, (void)data;
  reach(2); /* the loader's lock is held from here on */
  pthread_mutex_lock(&held_by_other);
  touch(7);
  pthread_mutex_unlock(&held_by_other);
  return 1;
}

static void *iterate_once(void *argument) {
  await(1);
  dl_iterate_phdr(wait_inside, NULL);
  return argument;
}

static int new_addresses_while_held(void) {
  void *library;
  pthread_t thread;
  function plugin = load(&library, "plugin_small.so");
  if (!plugin || pthread_create(&thread, NULL, iterate_once, NULL))
    return 1;
  pthread_mutex_lock(&held_by_other);
  reach(1);
  await(2);
  plugin();
  pthread_mutex_unlock(&held_by_other);
  pthread_join(thread, NULL);
  return dlclose(library);
}

/* ---- everything at once */

static int visit(struct dl_phdr_info *info, size_t size, void *data) {
  (void)info, (void)size;
  touch(11);
  pthread_mutex_lock(&held_by_other);
  pthread_mutex_unlock(&held_by_other);
  return *(int *)data;
}
static void *iterate(void *argument) {
  int go_on = 0;
  while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
    dl_iterate_phdr(visit, &go_on);
  return argument;
}
static void *load_and_use(void *name) {
  for (int i = 0; i < 40; i++) {
    void *library;
    function plugin = load(&library, name);
    if (!plugin)
      return "not loaded";
    pthread_mutex_lock(&held_by_other);
    plugin();
    pthread_mutex_unlock(&held_by_other);
    dlclose(library);
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  alarm(120);
  strncpy(directory, argv[1], sizeof directory - 1);
  if (new_addresses_while_held())
    return 1;
  pthread_t iterating, loading[2];
  void *problem[2];
  pthread_create(&iterating, NULL, iterate, NULL);
  pthread_create(&loading[0], NULL, load_and_use, "plugin_small.so");
  pthread_create(&loading[1], NULL, load_and_use, "plugin_made.so");
  for (int i = 0; i < 2; i++)
    pthread_join(loading[i], &problem[i]);
  __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
  pthread_join(iterating, NULL);
  if (problem[0] || problem[1])
    return 1;
  puts("ok");
  return 0;
}
