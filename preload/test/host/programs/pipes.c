/* A pipe ends when its writer is closed, a lock on a file is lost when the process closes that file and not before, and
 * numbers of descriptors are handed out from the lowest: whatever else goes on in the process. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void work(long milliseconds) {
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do {
    for (int i = 0; i < 500; i++)
      free(malloc(222));
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < milliseconds);
}

static int locked_for_others(int fd) {
  int status;
  pid_t child = fork();
  if (child == 0) {
    struct flock wish = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    _exit(fcntl(fd, F_SETLK, &wish) == 0 ? 0 : 1);
  }
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

int main(void) {
  int before[2], after[2];
  char byte;
  int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  fcntl(fd, F_SETLK, &lock);
  pipe(before);
  work(200);
  close(before[1]);
  int first = (int)read(before[0], &byte, 1);
  pipe(after);
  work(100);
  close(after[1]);
  int second = (int)read(after[0], &byte, 1);
  printf("pipes %d %d, numbers %d %d %d, locked %d\n", first, second, before[0], after[0], after[1],
         locked_for_others(fd));
  work(100);
  printf("locked %d\n", locked_for_others(fd));
  return 0;
}
