/* What the server has not acknowledged when the process ends, as a recording in HEAPHOUND_SPOOL_DIR: the end of the
 * process does not wait for the database, and whoever looks after that directory sends the file (docs/wire.md,
 * "Files"). */
#ifndef HH_LEFTOVER_H
#define HH_LEFTOVER_H

/* The sender's memory must be whole and the transport at rest. Writes DIR/KEY.partial, then names it DIR/KEY.hh.
 * 0 or -errno; after an error there is no file named .hh. */
int hh_leftover_write(const char *directory);
#endif
