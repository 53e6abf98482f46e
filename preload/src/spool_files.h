/* Which spool files there are in a directory. */
#ifndef HH_SPOOL_FILES_H
#define HH_SPOOL_FILES_H
#include <stdbool.h>
#include <stdint.h>

enum { HH_SPOOL_PATH = 4096 };

/* Calls `take` for each file whose name is 16 hex digits and the suffix, until it returns true; then true. */
bool hh_spool_files_each(const char *directory, const char *suffix, bool (*take)(const char *path, void *context),
                         void *context);
/* What the files may take of the disk: those of processes that live all that they reserve, others what they have. */
uint64_t hh_spool_files_bytes(const char *directory);
#endif
