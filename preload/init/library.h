/* Looks at shared objects: ours to install, and what stands in its place already. */
#ifndef HH_INIT_LIBRARY_H
#define HH_INIT_LIBRARY_H
#include <stddef.h>
#include <stdint.h>

enum { HH_VERSION_BYTES = 32 };

typedef struct hh_library {
  int fd; /* -1 = none */
  uint64_t size;
  char version[HH_VERSION_BYTES]; /* empty: not one of ours */
} hh_library;

enum hh_library_state {
  HH_LIBRARY_GOOD,
  HH_LIBRARY_UNREADABLE, /* errno says why */
  HH_LIBRARY_DAMAGED,    /* no whole shared object */
  HH_LIBRARY_FOREIGN,    /* for another processor than this program */
};

/* Opens and checks; the descriptor stays open only when the library is good. */
enum hh_library_state hh_library_open(hh_library *library, const char *path);
void hh_library_close(hh_library *library);
int hh_library_equal(const hh_library *a, const hh_library *b); /* 1, 0 */
/* Of versions like 1.10.2: < 0, 0, > 0. */
int hh_version_compare(const char *a, const char *b);
#endif
