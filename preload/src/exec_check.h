/* Would exec take this file? Asked before a profile is ended for it: a program that tries one directory of PATH after
 * the other, or runs on when exec failed, must not lose its profile by the first attempt. */
#ifndef HH_EXEC_CHECK_H
#define HH_EXEC_CHECK_H
#include <stdbool.h>

/* Async-signal-safe. `search`: a name without a slash is looked up in PATH. */
bool hh_exec_check(const char *file, bool search);
bool hh_exec_check_descriptor(int fd);
#endif
