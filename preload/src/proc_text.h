/* Reads small files and numbers below /proc and /sys. The sender thread alone uses it. */
#ifndef HH_PROC_TEXT_H
#define HH_PROC_TEXT_H
#include "common.h"

/* NUL-terminated, cut at `bytes`. The length or -errno. */
long hh_proc_read(const char *path, char *text, size_t bytes);
/* Skips blanks, reads digits. */
uint64_t hh_proc_decimal(const char **text);
uint64_t hh_proc_hex(const char **text);
/* The number behind a line's "key", 0 when there is none. */
uint64_t hh_proc_value(const char *text, const char *key);
#endif
