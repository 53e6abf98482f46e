/* starts HOW CLEAN PROGRAM [ARGUMENTS]: starts PROGRAM in one of the ways that there are, with an environment of its
 * own if CLEAN is "clean" (one variable) or "kept" (this process's, passed as an array). Enough work first for a
 * profile. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static char *clean[] = {"ONLY=this", NULL};

static void work(long milliseconds) {
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do {
    for (int i = 0; i < 500; i++)
      free(malloc(222));
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < milliseconds);
}

static void become(const char *how, char **program, char **environment) {
  if (strcmp(how, "execve") == 0)
    execve(program[0], program, environment);
  if (strcmp(how, "execv") == 0)
    execv(program[0], program);
  if (strcmp(how, "execvp") == 0)
    execvp(program[0], program);
  if (strcmp(how, "execvpe") == 0)
    execvpe(program[0], program, environment);
  if (strcmp(how, "execl") == 0)
    execl(program[0], program[0], program[1], program[2], (char *)NULL);
  if (strcmp(how, "execlp") == 0)
    execlp(program[0], program[0], program[1], program[2], (char *)NULL);
  if (strcmp(how, "execle") == 0)
    execle(program[0], program[0], program[1], program[2], (char *)NULL, environment);
  if (strcmp(how, "fexecve") == 0)
    fexecve(open(program[0], O_RDONLY | O_CLOEXEC), program, environment);
  if (strcmp(how, "execveat") == 0)
    syscall(SYS_execveat, AT_FDCWD, program[0], program, environment, 0);
}

static pid_t start(const char *how, char **program, char **environment) {
  pid_t child = -1;
  if (strcmp(how, "posix_spawn") == 0)
    return posix_spawn(&child, program[0], NULL, NULL, program, environment) == 0 ? child : -1;
  if (strcmp(how, "posix_spawnp") == 0)
    return posix_spawnp(&child, program[0], NULL, NULL, program, environment) == 0 ? child : -1;
  if (strcmp(how, "vfork") == 0) {
    if ((child = vfork()) == 0) {
      execve(program[0], program, environment);
      _exit(9);
    }
    return child;
  }
  child = strcmp(how, "clone") == 0 ? syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) : fork();
  if (child == 0) {
    work(0);
    execve(program[0], program, environment);
    _exit(9);
  }
  return child;
}

int main(int argc, char **argv) {
  if (argc < 4)
    return 2;
  const char *how = argv[1];
  char **environment = strcmp(argv[2], "clean") == 0 ? clean : environ;
  work(150);
  errno = 0;
  if (strncmp(how, "exec", 4) == 0 || strcmp(how, "fexecve") == 0) {
    become(how, argv + 3, environment);
    printf("not replaced: %s\n", strerror(errno));
    work(50);
    return 8;
  }
  int status = 0;
  pid_t child = start(how, argv + 3, environment);
  if (child < 0 || waitpid(child, &status, 0) != child)
    return 2;
  work(10);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}
