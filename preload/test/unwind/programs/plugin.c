/* Built twice, with frames of different size and code of equal size. */
#include "touch.h"

static NOINLINE void inside(size_t bytes) {
  volatile char area[FRAME_BYTES];
  area[0] = (char)bytes;
  touch(bytes);
  area[1] = 2;
}

void plugin(void);
void plugin(void) {
  inside(3);
  touch(4);
  inside(5);
}
