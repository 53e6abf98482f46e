/* Closes every descriptor, as daemons do, writes a file of its own that gets the lowest numbers, and goes on. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *volatile block;

static void allocate(int count) {
  for (int i = 0; i < count; i++) {
    block = malloc(64 + (size_t)(i & 63));
    free(block);
  }
}

int main(int argc, char **argv) {
  if (argc < 2)
    return 2;
  allocate(50000); /* enough for a sender */
  usleep(50000);
  for (int fd = 3; fd < 1024; fd++)
    close(fd);
  for (int i = 0; i < 100; i++)
    if (open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0600) < 0)
      return 2;
  if (chdir("/") != 0)
    return 2;
  allocate(200000);
  return write(3, "mine", 4) == 4 ? 0 : 1;
}
