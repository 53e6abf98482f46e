#include "exec.h"

#include <errno.h>
#include <spawn.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "exec_check.h"
#include "exec_environment.h"
#include "libc.h"
#include "process.h"
#include "sys/sys.h"
#include "sys/syscall.h"

extern char **environ;

typedef int spawn_function(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                           const posix_spawnattr_t *attributes, char *const *arguments, char *const *environment);
static struct {
  int (*execve)(const char *path, char *const *arguments, char *const *environment);
  int (*execvpe)(const char *file, char *const *arguments, char *const *environment);
  int (*fexecve)(int fd, char *const *arguments, char *const *environment);
  int (*execveat)(int directory, const char *path, char *const *arguments, char *const *environment, int flags);
  spawn_function *posix_spawn, *posix_spawnp;
} real;

static void look_up(const char *name, void *function) {
  void *found = hh_libc_next(name);
  memcpy(function, &found, sizeof found);
}

static void resolve(void) {
  if (!real.posix_spawn) /* in a constructor before ours */
    hh_exec_resolve();
}

void hh_exec_resolve(void) {
  look_up("execve", &real.execve);
  look_up("execvpe", &real.execvpe);
  look_up("fexecve", &real.fexecve);
  look_up("execveat", &real.execveat);
  look_up("posix_spawn", &real.posix_spawn);
  look_up("posix_spawnp", &real.posix_spawnp);
}

/* What is to be started, one of these ways. */
typedef struct start {
  enum { EXECVE, EXECVPE, FEXECVE, EXECVEAT } how;
  const char *file;
  int fd, flags;
  char *const *arguments;
} start;

static int unavailable(void) {
  errno = ENOSYS;
  return -1;
}

static int raw_execve(const char *path, char *const *arguments, char *const *environment) {
  errno = (int)-hh_syscall3(SYS_execve, (long)path, (long)arguments, (long)environment);
  return -1;
}

static int call(const start *what, char *const *environment) {
  switch (what->how) {
  case EXECVE:
    return (real.execve ? real.execve : raw_execve)(what->file, what->arguments, environment);
  case EXECVPE:
    return real.execvpe ? real.execvpe(what->file, what->arguments, environment) : unavailable();
  case FEXECVE:
    return real.fexecve ? real.fexecve(what->fd, what->arguments, environment) : unavailable();
  default:
    return real.execveat ? real.execveat(what->fd, what->file, what->arguments, environment, what->flags)
                         : unavailable();
  }
}

static bool will_start(const start *what) {
  switch (what->how) {
  case EXECVE:
    return hh_exec_check(what->file, false);
  case EXECVPE:
    return hh_exec_check(what->file, true);
  case FEXECVE:
    return hh_exec_check_descriptor(what->fd);
  default:
    return what->file && what->file[0] == '/' && hh_exec_check(what->file, false);
  }
}

/* On the stack, because a vfork child's other memory is its parent's; an environment of an unusual size gets pages,
 * which such a child leaves behind. */
enum { STACK_ROOM = 4096, FEW_ARGUMENTS = 64 };

static __attribute__((noinline)) int call_with(const start *what, enum hh_heritage heritage, size_t bytes, void *room,
                                               char *const *environment) {
  void *pages = room ? NULL : hh_pages(bytes, "heaphound environment");
  if (room || pages)
    environment = hh_exec_environment(environment, heritage, hh_process_lineage(false), room ? room : pages);
  int result = call(what, environment), error = errno;
  hh_pages_free(pages, bytes);
  errno = error;
  return result;
}

static int run(const start *what, char *const *environment) {
  enum hh_heritage heritage;
  resolve();
  if (!hh_process_heritage(false, &heritage))
    return call(what, environment);
  size_t bytes = hh_exec_environment_bytes(environment);
  int saved_errno = errno;
  if (heritage != HH_HERITAGE_NONE && will_start(what))
    hh_process_replaced();
  errno = saved_errno;
  void *room[STACK_ROOM / sizeof(void *)];
  return call_with(what, heritage, bytes, bytes <= sizeof room ? room : NULL, environment);
}

HH_EXPORT int execve(const char *path, char *const arguments[], char *const environment[]) {
  return run(&(start){EXECVE, path, -1, 0, arguments}, environment);
}

HH_EXPORT int execv(const char *path, char *const arguments[]) {
  return run(&(start){EXECVE, path, -1, 0, arguments}, environ);
}

HH_EXPORT int execvpe(const char *file, char *const arguments[], char *const environment[]) {
  return run(&(start){EXECVPE, file, -1, 0, arguments}, environment);
}

HH_EXPORT int execvp(const char *file, char *const arguments[]) {
  return run(&(start){EXECVPE, file, -1, 0, arguments}, environ);
}

HH_EXPORT int fexecve(int fd, char *const arguments[], char *const environment[]) {
  return run(&(start){FEXECVE, NULL, fd, 0, arguments}, environment);
}

HH_EXPORT int execveat(int directory, const char *path, char *const arguments[], char *const environment[], int flags) {
  return run(&(start){EXECVEAT, path, directory, flags, arguments}, environment);
}

/* The arguments of execl and its kin, as an array. */
typedef struct gathered {
  char *few[FEW_ARGUMENTS], **all;
  size_t pages_bytes;
} gathered;

static size_t count_arguments(va_list list) {
  size_t count = 2; /* the first and the NULL */
  while (va_arg(list, char *))
    count++;
  return count;
}

/* False when there is no memory for so many. */
static bool gather(gathered *out, const char *first, va_list *list) {
  va_list again;
  __asm__("" : "+r"(first)); /* declared to be none, and yet some pass NULL */
  va_copy(again, *list);
  size_t count = first ? count_arguments(again) : 1;
  va_end(again);
  out->pages_bytes = count > FEW_ARGUMENTS ? count * sizeof(char *) : 0;
  out->all = out->pages_bytes ? hh_pages(out->pages_bytes, "heaphound arguments") : out->few;
  if (!out->all) {
    errno = E2BIG;
    return false;
  }
  out->all[0] = (char *)(uintptr_t)first;
  for (size_t i = 1; i < count; i++)
    out->all[i] = va_arg(*list, char *);
  return true;
}

static int run_gathered(start *what, gathered *arguments, char *const *environment) {
  what->arguments = arguments->all;
  int result = run(what, environment), error = errno;
  if (arguments->pages_bytes)
    hh_pages_free(arguments->all, arguments->pages_bytes);
  errno = error;
  return result;
}

HH_EXPORT int execl(const char *path, const char *first, ...) {
  gathered arguments;
  va_list list;
  va_start(list, first);
  bool done = gather(&arguments, first, &list);
  va_end(list);
  return done ? run_gathered(&(start){EXECVE, path, -1, 0, NULL}, &arguments, environ) : -1;
}

HH_EXPORT int execlp(const char *file, const char *first, ...) {
  gathered arguments;
  va_list list;
  va_start(list, first);
  bool done = gather(&arguments, first, &list);
  va_end(list);
  return done ? run_gathered(&(start){EXECVPE, file, -1, 0, NULL}, &arguments, environ) : -1;
}

HH_EXPORT int execle(const char *path, const char *first, ...) {
  gathered arguments;
  va_list list;
  va_start(list, first);
  bool done = gather(&arguments, first, &list);
  char *const *environment = done ? va_arg(list, char *const *) : NULL;
  va_end(list);
  return done ? run_gathered(&(start){EXECVE, path, -1, 0, NULL}, &arguments, environment) : -1;
}

static int spawn(spawn_function *const *function, pid_t *pid, const char *path,
                 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const *arguments,
                 char *const *environment) {
  enum hh_heritage heritage;
  resolve();
  if (!*function)
    return ENOSYS;
  if (!hh_process_heritage(true, &heritage))
    return (*function)(pid, path, actions, attributes, arguments, environment);
  size_t bytes = hh_exec_environment_bytes(environment);
  void *room = hh_pages(bytes, "heaphound environment");
  char *const *changed =
      room ? hh_exec_environment(environment, heritage, hh_process_lineage(true), room) : environment;
  int result = (*function)(pid, path, actions, attributes, arguments, changed);
  hh_pages_free(room, bytes);
  return result;
}

HH_EXPORT int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
  return spawn(&real.posix_spawn, pid, path, actions, attributes, arguments, environment);
}

HH_EXPORT int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                           const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
  return spawn(&real.posix_spawnp, pid, file, actions, attributes, arguments, environment);
}
