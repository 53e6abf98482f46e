/* Where the process's life changes: the ways to end, and fork. */
#ifndef HH_LIFECYCLE_H
#define HH_LIFECYCLE_H

/* Finds the functions behind our hooks of _exit, _Exit and abort. Once, at the beginning. */
void hh_lifecycle_resolve(void);
/* Asks libc to tell us. Once, at the beginning. */
void hh_lifecycle_watch(void);
/* In the child. */
void hh_process_forked(void);
#endif
