/* Recursion far over the limit of frames, up and down: the stack is cut, the frames that are kept are right, and it
 * stays fast. The main thread's stack of 8 MiB is enough for it. */
#include "touch.h"
#include <stdio.h>

static NOINLINE int down(int depth) {
  touch((size_t)depth & 31);
  int result = depth ? down(depth - 1) + 1 : 0;
  if (depth % 7 == 0)
    touch(2);
  return result;
}

int main(int argc, char **argv) {
  int depth = argc > 1 ? atoi(argv[1]) : 40000;
  if (down(depth) != depth)
    return 1;
  down(100);
  puts("ok");
  return 0;
}
