#include "touch.h"

int plugin_used(int x);

#if defined(__GLIBC__) /* musl has no resolvers */
static int implementation(int x) {
  touch((size_t)x);
  return x + 1;
}
static NOINLINE int deep(int depth) {
  touch(33);
  return depth ? deep(depth - 1) + 1 : 0;
}
static int (*resolve(void))(int) {
  deep(3);
  return implementation;
}
int plugin_used(int x) __attribute__((ifunc("resolve")));
#else
int plugin_used(int x) {
  touch((size_t)x);
  return x + 1;
}
#endif
