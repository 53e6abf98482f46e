/* Runs a program under the library and reads what it printed and what was recorded. */
#ifndef HH_RUN_PROGRAM_H
#define HH_RUN_PROGRAM_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recording/recording.h"

typedef struct run {
  int status; /* as wait gives it */
  char output[256 << 10];
  recording *recorded; /* NULL: there is none */
} run;

/* `preload`: LD_PRELOAD, NULL for none. `options`: NAME=VALUE, then NULL. The result lives until the next call. */
static run *run_program(char *const *program, const char *preload, const char *record_to, char *const *options) {
  static run result;
  int ends[2];
  memset(&result, 0, sizeof result);
  unlink(record_to);
  if (pipe(ends) != 0)
    return &result;
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 1);
    close(ends[0]);
    close(ends[1]);
    for (; *options; options++)
      putenv(*options);
    setenv("HEAPHOUND_OUTPUT", record_to, 1);
    if (preload)
      setenv("LD_PRELOAD", preload, 1);
    execv(program[0], program);
    _exit(127);
  }
  close(ends[1]);
  size_t bytes = 0;
  for (ssize_t got; bytes < sizeof result.output - 1 &&
                    (got = read(ends[0], result.output + bytes, sizeof result.output - 1 - bytes)) > 0;)
    bytes += (size_t)got;
  close(ends[0]);
  waitpid(child, &result.status, 0);
  result.recorded = access(record_to, F_OK) == 0 ? recording_read(record_to) : NULL;
  return &result;
}

static int exit_code(const run *r) {
  return WIFEXITED(r->status) ? WEXITSTATUS(r->status) : -1;
}
#endif
