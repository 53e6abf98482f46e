/* Where our descriptors live. The sender thread has a table of its own where the kernel has close_range (5.9): what it
 * opens is in nobody's way, and what the application closes, replaces or counts is not ours (docs/adr/0017). Elsewhere,
 * and in a process that ends without ever having had that thread, descriptors are moved up and compared before use. */
#ifndef HH_DESCRIPTORS_H
#define HH_DESCRIPTORS_H
#include <stdbool.h>

/* Gives the calling thread an empty table; with keep_messages descriptor 2 stays in it. 0 or -errno: it is shared as
 * before. */
int hh_sys_own_descriptors(bool keep_messages);
/* The same file under a number that programs do not look at; the one given is closed. -errno passes through. */
int hh_sys_out_of_the_way(long fd);
#endif
