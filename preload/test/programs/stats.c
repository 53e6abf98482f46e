/* Small blocks, a free one among them and a big one, then ends: prints what glibc says is in use, free, and in big
 * blocks. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *volatile block[500];

int main(void) {
  for (int i = 0; i < 500; i++)
    block[i] = malloc(3000);
  for (int i = 0; i < 100; i++)
    free(block[2 * i]);
  block[0] = malloc(8 << 20);
  struct mallinfo2 is = mallinfo2();
  char text[100];
  int length = snprintf(text, sizeof text, "%zu %zu %zu\n", is.uordblks + is.hblkhd, is.fordblks, is.hblkhd);
  return write(1, text, length) != length;
}
