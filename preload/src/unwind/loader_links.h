/* The loader's records of loaded objects, as debuggers find them: a list of link_map per namespace. Another thread may
 * change them meanwhile, so they are only ever read by system calls that copy memory and fail where there is none. */
#ifndef HH_UNWIND_LOADER_LINKS_H
#define HH_UNWIND_LOADER_LINKS_H
#include "snapshot.h"

/* Finds the list; 0, or -errno where it cannot be found or memory cannot be copied. */
int hh_links_init(void);
/* The list as it is now, to be looked at again by hh_links_unchanged; 0 or -errno. Not by two threads at once. */
int hh_links_read(hh_snapshot *snapshot);
/* Is the list as it was when it was read last? Not by two threads at once, nor beside hh_links_read. */
int hh_links_unchanged(void);
/* Makes the next look find a change: the notes of the last one may be half done. */
void hh_links_forget(void);
/* Surely no object's code lies there (glibc since 2.35 can tell). */
int hh_links_no_code_at(uint64_t address);
#endif
