/* few COUNT: takes COUNT blocks, gives them back, takes one more, says so and waits for the end of its input. Whatever
 * the count, the event that would be the first too many for a process without a sender may be a deallocation. */
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 10000 };

int main(int count, char **arguments) {
  static void *blocks[MOST];
  int wanted = count > 1 ? atoi(arguments[1]) : 0;
  if (wanted < 1 || wanted > MOST)
    return 1;
  for (int i = 0; i < wanted; i++)
    blocks[i] = malloc(32);
  for (int i = 0; i < wanted; i++)
    free(blocks[i]);
  blocks[0] = malloc(64);
  char byte;
  if (write(1, "ready\n", 6) != 6)
    return 1;
  while (read(0, &byte, 1) == 1)
    ;
  free(blocks[0]);
  return 0;
}
