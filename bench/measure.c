// measure FILE PROGRAM ARGS...: runs the program and writes to FILE what it cost: wall time, CPU time of it and of the children
// that it waited for (rusage), and the peak resident set. Ends with the program's exit code, 128 + N for signal N.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timespec from, struct timespec to) {
  return (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
}

static double cpu(struct timeval time) { return (double)time.tv_sec + 1e-6 * (double)time.tv_usec; }

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  // What is preloaded is for the program.
  const char *preload = getenv("MEASURE_PRELOAD");
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  pid_t pid = fork();
  if (pid == 0) {
    if (preload && *preload) setenv("LD_PRELOAD", preload, 1);
    unsetenv("MEASURE_PRELOAD");
    execvp(argv[2], argv + 2);
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) return 3;
  clock_gettime(CLOCK_MONOTONIC, &end);
  int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  FILE *file = fopen(argv[1], "w");
  if (!file) return 3;
  fprintf(file, "{\"pid\":%d,\"exitCode\":%d,\"wallSeconds\":%.6f,\"cpuSeconds\":%.6f,\"peakRssBytes\":%ld}\n", (int)pid, code,
          seconds(start, end), cpu(usage.ru_utime) + cpu(usage.ru_stime), usage.ru_maxrss * 1024L);
  return fclose(file) == 0 ? code : 3;
}
