/* forks HOW: 200 blocks before, a child that allocates 1000 more and frees the parent's, 100 blocks after. The child
 * ends with exit code 3 or runs another program. */
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static void *volatile block[2000];

static void allocate(int from, int to) {
  for (int i = from; i < to; i++)
    block[i] = malloc(500);
}

static void child_work(void) {
  allocate(1000, 2000);
  for (int i = 0; i < 200; i++)
    free(block[i]);
  for (int i = 1000; i < 2000; i++)
    free(block[i]);
}

static pid_t start(const char *how, char **program) {
  pid_t child = -1;
  if (strcmp(how, "spawn") == 0)
    return posix_spawn(&child, program[0], NULL, NULL, program, environ) == 0 ? child : -1;
  if (strcmp(how, "vfork") == 0) {
    child = vfork();
    if (child == 0) {
      execve(program[0], program, environ);
      _exit(9);
    }
    return child;
  }
  if (strcmp(how, "vfork_exit") == 0) {
    child = vfork();
    if (child == 0)
      _exit(3);
    return child;
  }
  child = fork();
  if (child)
    return child;
  if (strcmp(how, "exec") == 0)
    execve(program[0], program, environ);
  child_work();
  if (strcmp(how, "_exit") == 0)
    _exit(3);
  exit(3);
}

int main(int argc, char **argv) {
  if (argc < 2)
    return 2;
  allocate(0, 200);
  pid_t child = start(argv[1], argv + 2);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child)
    return 2;
  allocate(200, 300);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}
