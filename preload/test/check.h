/* CHECK(name, expression): one assertion with a name. A test program ends with `return hh_check_end();`. */
#ifndef HH_CHECK_H
#define HH_CHECK_H
#include <stdio.h>

static int hh_checks_passed, hh_checks_failed;

static inline int hh_check(int holds, const char *name, const char *expression, const char *file, int line) {
  if (holds) {
    hh_checks_passed++;
  } else {
    hh_checks_failed++;
    fprintf(stderr, "%s:%d: FAILED %s: %s\n", file, line, name, expression);
  }
  return holds;
}
#define CHECK(name, expression) hh_check((expression) != 0, name, #expression, __FILE__, __LINE__)

/* Prints the line that the makefile adds up, and gives main's exit code. */
static inline int hh_check_end(void) {
  printf("%d passed, %d failed\n", hh_checks_passed, hh_checks_failed);
  return hh_checks_failed != 0;
}
#endif
