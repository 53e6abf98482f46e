/* exit and return from main: the last of all handlers, so that what destructors free is seen. glibc runs atexit
 * handlers in reverse order and registers the loader's destructors when main's object starts, after our constructor:
 * a handler from there runs after all destructors. musl runs destructors after all handlers, and those of a preloaded
 * library last: there it is our destructor. _exit, _Exit and abort run neither: they are hooked. */
#include "lifecycle.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "process.h"
#include "sys/sys.h"

/* In one of the two libcs only. */
extern const char *gnu_get_libc_version(void) __attribute__((weak));
extern int __cxa_atexit(void (*handler)(void *), void *argument, void *object) __attribute__((weak));
extern int __cxa_at_quick_exit(void (*handler)(void *), void *object) __attribute__((weak));
extern int at_quick_exit(void (*handler)(void)) __attribute__((weak));
extern int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *object)
    __attribute__((weak));
extern int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) __attribute__((weak));

static bool ends_by_handler; /* else by destructor */

static void at_exit(void *unused) {
  (void)unused;
  hh_process_finish(HH_END_EXIT);
}

static void at_exit_quickly(void) {
  hh_process_finish(HH_END_EXIT);
}

static __attribute__((destructor)) void destructor(void) {
  if (!ends_by_handler)
    hh_process_finish(HH_END_EXIT);
}

void hh_lifecycle_watch(void) {
  ends_by_handler = gnu_get_libc_version && __cxa_atexit && __cxa_atexit(at_exit, NULL, NULL) == 0;
  if (__cxa_at_quick_exit)
    __cxa_at_quick_exit(at_exit, NULL);
  else if (at_quick_exit)
    at_quick_exit(at_exit_quickly);
  if (__register_atfork)
    __register_atfork(NULL, NULL, hh_process_forked, NULL);
  else if (pthread_atfork)
    pthread_atfork(NULL, NULL, hh_process_forked);
}

typedef void (*exit_function)(int status);

static void end_process(const char *name, int status) {
  hh_process_finish(HH_END_EXIT);
  exit_function real;
  void *found = dlsym(RTLD_NEXT, name);
  memcpy(&real, &found, sizeof real);
  if (real)
    real(status);
  hh_sys_exit_process(status);
}

HH_EXPORT void _exit(int status) {
  end_process("_exit", status);
  __builtin_unreachable();
}

HH_EXPORT void _Exit(int status) {
  end_process("_Exit", status);
  __builtin_unreachable();
}

HH_EXPORT void abort(void) {
  hh_process_finish(HH_END_FATAL_SIGNAL);
  void (*real)(void);
  void *found = dlsym(RTLD_NEXT, "abort");
  memcpy(&real, &found, sizeof real);
  if (real)
    real();
  hh_sys_exit_process(128 + SIGABRT);
}
