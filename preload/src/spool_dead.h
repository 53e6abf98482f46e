/* The spool files of processes that run no more, in the same directory: this process delivers them, one at a time,
 * after its own stream is up. A file is locked while it is open here, and nothing in it is believed before it is
 * checked. The sender thread alone uses this. */
#ifndef HH_SPOOL_DEAD_H
#define HH_SPOOL_DEAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens one, if there is one that is due; looks into the directory once a second at most. True while one is open. */
bool hh_spool_dead_find(const char *directory, uint64_t now_ms);
/* Messages as messages.c has them for this process; sizes, 0 = none (any more). They lie in one buffer. */
size_t hh_spool_dead_hello(const uint8_t **message);
size_t hh_spool_dead_dictionary(uint32_t part, uint64_t acked, const uint8_t **message); /* parts in order, from 0 */
size_t hh_spool_dead_block(uint64_t after, uint64_t *sequence, const uint8_t **message);
size_t hh_spool_dead_goodbye(const uint8_t **message); /* once there is no block any more */
uint64_t hh_spool_dead_last(void);                     /* the last block that is whole */
void hh_spool_dead_delivered(void);                    /* removes the file */
void hh_spool_dead_refused(void);                      /* sets it aside as KEY.bad; of those a few are kept */
void hh_spool_dead_later(uint64_t now_ms);             /* leaves it for another time, or to another process */
void hh_spool_dead_forget(void);                       /* in a forked child */
#endif
