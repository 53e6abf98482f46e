/* The spool file of this process: what is written survives SIGKILL and the OOM killer, because it is the kernel's page
 * cache that holds it. Written by pwrite, not through a mapping: a file that somebody truncates, or a full disk, is
 * then an error and not a signal. The sender thread alone uses it. After the first error nothing more is written to it.
 */
#ifndef HH_SPOOL_FILE_H
#define HH_SPOOL_FILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool_format.h"

/* DIR/KEY.spool, locked for as long as the process lives, with Hello as its first definition and `first` as the next
 * block. `bytes` for all of it. 0 or -errno. */
int hh_spool_file_create(const char *directory, uint64_t process, uint64_t bytes, uint64_t first);
bool hh_spool_file_active(void);
bool hh_spool_file_has_room(size_t message_bytes);
void hh_spool_file_fail(void); /* nothing more is written to it */
int hh_spool_file_put(uint64_t sequence, const uint8_t *message, size_t bytes, uint64_t *offset); /* 0 or -errno */
int hh_spool_file_read(uint64_t offset, uint64_t sequence, void *out, size_t bytes); /* 0, or -EIO: it is damaged */
/* A message of definitions, in two parts. 0 or -errno. */
int hh_spool_file_define(const uint8_t *prefix, size_t prefix_bytes, const uint8_t *rest, size_t rest_bytes);
/* Records before this one are not needed any more: `sequence` at `offset`, or the next to come (offset 0). */
void hh_spool_file_release(uint64_t sequence, uint64_t offset);
/* The process lives, and everything up to `complete_unix_ns` is in the file. */
void hh_spool_file_alive(uint64_t complete_unix_ns);
/* For others to deliver: says why and when the process ended, and lets go of it. */
void hh_spool_file_end(uint32_t reason, uint64_t ended_unix_ns);
void hh_spool_file_remove(void); /* everything is delivered */
void hh_spool_file_forget(void); /* in a forked child: the file is the parent's */
#endif
