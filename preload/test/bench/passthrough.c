/* Hooks that do nothing but call on: what any interposition costs. */
#include <dlfcn.h>
#include <stddef.h>

static void *(*real_malloc)(size_t);
static void (*real_free)(void *);

__attribute__((constructor)) static void resolve(void) {
  real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  real_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
}

void *malloc(size_t size) {
  if (!real_malloc)
    resolve();
  return real_malloc(size);
}

void free(void *block) {
  if (!real_free)
    resolve();
  real_free(block);
}
