/* Calls a function of another library that is bound at the first call, by a resolver that allocates where it can. */
#include "touch.h"

int plugin_used(int x);
int plugin_use(int x);

static NOINLINE int inner(int x, long *area) {
  area[x & 3] = x;
  return plugin_used(x) + (int)area[1];
}
int plugin_use(int x) {
  long area[4] = {1, 2, 3, 4};
  touch((size_t)x);
  return inner(x, area) + 1;
}
