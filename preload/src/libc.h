/* Functions that are not in every libc.so.6: until glibc 2.34 they were in libdl and libpthread, which we do not name,
 * because an image may hold a libc of today and nothing else. Each may be NULL. */
#ifndef HH_LIBC_H
#define HH_LIBC_H
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct hh_libc_functions {
  void *(*dlsym)(void *restrict handle, const char *restrict name);
  char *(*dlerror)(void);
  int (*dladdr)(const void *address, Dl_info *info);
  int (*pthread_create)(pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*run)(void *),
                        void *restrict argument);
  int (*pthread_attr_init)(pthread_attr_t *attributes);
  int (*pthread_attr_destroy)(pthread_attr_t *attributes);
  int (*pthread_attr_setdetachstate)(pthread_attr_t *attributes, int state);
  int (*pthread_attr_setstacksize)(pthread_attr_t *attributes, size_t bytes);
  int (*pthread_key_create)(pthread_key_t *key, void (*destructor)(void *));
  int (*pthread_setspecific)(pthread_key_t key, const void *value);
} hh_libc_functions;
extern hh_libc_functions hh_libc;

/* What is there now. Async-signal-safe; again does nothing more. */
void hh_libc_resolve(void);
/* From our constructor, when the loader is ready for it: loads what is missing. */
void hh_libc_load(void);
/* The next function of that name behind ours, or NULL. */
void *hh_libc_next(const char *name);
/* The name of an import that this C library lacks and that has no replacement; NULL = none. */
const char *hh_libc_lacks(void);
#endif
