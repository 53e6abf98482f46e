/* Memory of the rings: equal chunks from one pool, last in first out, so that a burst borrows what others gave back
 * and warm memory is used first. Lock-free, async-signal-safe. */
#ifndef HH_CHUNKS_H
#define HH_CHUNKS_H
#include "common.h"

enum { HH_CHUNK_BYTES = 64 << 10, HH_CHUNK_WORDS = HH_CHUNK_BYTES / 8, HH_NO_CHUNK = 0 };

int hh_chunks_init(uint64_t max_bytes); /* 0 or -errno */
uint32_t hh_chunk_take(void);           /* a chunk's number, HH_NO_CHUNK when all are in use */
void hh_chunk_give(uint32_t chunk);
uint64_t *hh_chunk_words(uint32_t chunk);
bool hh_chunk_exists(uint64_t chunk);
/* Gives the memory of free chunks back to the kernel until only `want` chunks, used or free, have any. By the sender.
 */
void hh_chunks_trim(uint32_t want);
uint64_t hh_chunks_bytes(void); /* touched memory, at most */
#endif
