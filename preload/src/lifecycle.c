/* exit and return from main: the last of all handlers, so that what destructors free is seen. glibc runs atexit
 * handlers in reverse order and registers the loader's destructors when main's object starts, after our constructor:
 * a handler from there runs after all destructors. musl runs destructors after all handlers, and those of a preloaded
 * library last: there it is our destructor. _exit, _Exit and abort run neither: they are hooked. */
#include "lifecycle.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "libc.h"
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

/* Looked up at the start: in a child forked while another thread held the loader's lock, dlsym would wait for ever. */
static struct {
  void (*_exit)(int status);
  void (*_Exit)(int status);
  void (*abort)(void);
} real;

static void look_up(const char *name, void *function) {
  void *found = hh_libc_next(name);
  memcpy(function, &found, sizeof found);
}

void hh_lifecycle_resolve(void) {
  look_up("_exit", &real._exit);
  look_up("_Exit", &real._Exit);
  look_up("abort", &real.abort);
}

HH_EXPORT void _exit(int status) {
  hh_process_finish(HH_END_EXIT);
  if (real._exit)
    real._exit(status);
  hh_sys_exit_process(status);
}

HH_EXPORT void _Exit(int status) {
  hh_process_finish(HH_END_EXIT);
  if (real._Exit)
    real._Exit(status);
  hh_sys_exit_process(status);
}

HH_EXPORT void abort(void) {
  hh_process_finish(HH_END_FATAL_SIGNAL);
  if (!real.abort)
    hh_lifecycle_resolve();
  if (real.abort)
    real.abort();
  hh_sys_exit_process(128 + SIGABRT);
}
