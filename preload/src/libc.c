#include "libc.h"

#include <string.h>

#include "common.h"

#pragma weak dlsym
#pragma weak dlerror
#pragma weak dladdr
#pragma weak pthread_create
#pragma weak pthread_attr_init
#pragma weak pthread_attr_destroy
#pragma weak pthread_attr_setdetachstate
#pragma weak pthread_attr_setstacksize
#pragma weak pthread_key_create
#pragma weak pthread_setspecific

/* In glibc only. */
extern const char *gnu_get_libc_version(void) __attribute__((weak));
/* glibc's own way to libdl before 2.34; gone since. */
extern void *__libc_dlopen_mode(const char *name, int mode) __attribute__((weak));
extern void *__libc_dlsym(void *handle, const char *name) __attribute__((weak));
enum { FROM_LIBC = (int)0x80000000 }; /* __RTLD_DLOPEN */

hh_libc_functions hh_libc;

void hh_libc_resolve(void) {
  if (hh_libc.dlsym)
    return;
  hh_libc = (hh_libc_functions){
      .dlsym = dlsym,
      .dlerror = dlerror,
      .dladdr = dladdr,
      .pthread_create = pthread_create,
      .pthread_attr_init = pthread_attr_init,
      .pthread_attr_destroy = pthread_attr_destroy,
      .pthread_attr_setdetachstate = pthread_attr_setdetachstate,
      .pthread_attr_setstacksize = pthread_attr_setstacksize,
      .pthread_key_create = pthread_key_create,
      .pthread_setspecific = pthread_setspecific,
  };
  if (!hh_libc.pthread_create || !hh_libc.pthread_attr_init || !hh_libc.pthread_attr_destroy ||
      !hh_libc.pthread_attr_setdetachstate || !hh_libc.pthread_attr_setstacksize)
    hh_libc.pthread_create = NULL; /* it takes all of them */
  if (!hh_libc.pthread_setspecific)
    hh_libc.pthread_key_create = NULL;
}

static void find(void *library, const char *name, void *function) {
  void *missing = NULL, *found;
  if (!library || memcmp(function, &missing, sizeof missing) != 0)
    return;
  found = __libc_dlsym(library, name);
  memcpy(function, &found, sizeof found);
}

void hh_libc_load(void) {
  hh_libc_resolve();
  if ((hh_libc.dlsym && hh_libc.pthread_create) || !__libc_dlopen_mode || !__libc_dlsym)
    return;
  void *dl = __libc_dlopen_mode("libdl.so.2", RTLD_NOW | FROM_LIBC);
  void *threads = __libc_dlopen_mode("libpthread.so.0", RTLD_NOW | FROM_LIBC);
  find(dl, "dlsym", &hh_libc.dlsym);
  find(dl, "dlerror", &hh_libc.dlerror);
  find(dl, "dladdr", &hh_libc.dladdr);
  find(threads, "pthread_create", &hh_libc.pthread_create);
  find(threads, "pthread_attr_init", &hh_libc.pthread_attr_init);
  find(threads, "pthread_attr_destroy", &hh_libc.pthread_attr_destroy);
  find(threads, "pthread_attr_setdetachstate", &hh_libc.pthread_attr_setdetachstate);
  find(threads, "pthread_attr_setstacksize", &hh_libc.pthread_attr_setstacksize);
  find(threads, "pthread_key_create", &hh_libc.pthread_key_create);
  find(threads, "pthread_setspecific", &hh_libc.pthread_setspecific);
}

/* What is missing is no error that the application should find. glibc's dlerror translates the message under the lock
 * of setlocale, and the process's first allocation may be newlocale's, which holds it: there a look-up that succeeds
 * forgets the error just as well. */
static void forget_error(void) {
  if (gnu_get_libc_version)
    hh_libc.dlsym(RTLD_NEXT, "malloc");
  else if (hh_libc.dlerror)
    hh_libc.dlerror();
}

void *hh_libc_next(const char *name) {
  hh_libc_resolve();
  void *found = hh_libc.dlsym ? hh_libc.dlsym(RTLD_NEXT, name) : NULL;
  if (!found && hh_libc.dlsym)
    forget_error();
  return found;
}

/* Made by the Makefile from abi/NAME.imports. */
typedef struct import {
  const void *address;
  const char *name;
} import;
extern const import hh_imports[] __attribute__((visibility("hidden")));

const char *hh_libc_lacks(void) {
  for (const import *at = hh_imports; at->name; at++)
    if (!at->address)
      return at->name;
  return NULL;
}
