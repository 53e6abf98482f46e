#include <string.h>

#include "allocator_list.h"

extern const char *gnu_get_libc_version(void) __attribute__((weak));

static const char *jemalloc_version(uint64_t function) {
  int (*control)(const char *, void *, size_t *, void *, size_t);
  const char *version = NULL;
  size_t size = sizeof version;
  memcpy(&control, &function, sizeof control);
  return control("version", &version, &size, NULL, 0) == 0 ? version : NULL;
}

static const char *tcmalloc_version(uint64_t function) {
  const char *(*version)(int *, int *, const char **);
  int major, minor;
  const char *patch;
  memcpy(&version, &function, sizeof version);
  return version(&major, &minor, &patch);
}

/* 209 is 2.0.9. */
static const char *mimalloc_version(uint64_t function) {
  static char text[] = "0.0.0";
  int (*version)(void);
  memcpy(&version, &function, sizeof version);
  int number = version();
  if (number < 100 || number > 999)
    return NULL;
  text[0] = (char)('0' + number / 100);
  text[2] = (char)('0' + number / 10 % 10);
  text[4] = (char)('0' + number % 10);
  return text;
}

static const char *version_of(const hh_allocator *is) {
  if (strcmp(is->name, "glibc") == 0)
    return gnu_get_libc_version();
  if (!is->version_function)
    return NULL;
  if (strcmp(is->name, "jemalloc") == 0)
    return jemalloc_version(is->version_function);
  return strcmp(is->name, "tcmalloc") == 0 ? tcmalloc_version(is->version_function)
                                           : mimalloc_version(is->version_function);
}

void hh_allocator_ask_version(hh_allocator *is) {
  const char *version = version_of(is);
  if (version)
    memcpy(is->version, version, strnlen(version, sizeof is->version - 1));
}
