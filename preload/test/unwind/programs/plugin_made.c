/* Allocates while it is being loaded and unloaded. */
#include "touch.h"

static __attribute__((constructor)) void made(void) {
  touch(21);
}
static __attribute__((destructor)) void unmade(void) {
  touch(22);
}

void plugin(void);
void plugin(void) {
  touch(23);
}
