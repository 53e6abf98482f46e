/* Sends the ELF files that the ingester asks for, so that it can put names to addresses. Only a file whose build id is
 * that of a module of this process, and which still has it, ever leaves the machine. One upload at a time, in chunks,
 * each made when the transport has room for it. The sender thread alone uses it. */
#ifndef HH_BINARIES_H
#define HH_BINARIES_H
#include <stddef.h>
#include <stdint.h>

void hh_binaries_request(const uint8_t *build_id, size_t size, uint32_t module);
int hh_binaries_pending(void);
/* The next BinaryChunk as an encoded ClientMessage, valid until the next call; 0 = nothing to send. */
size_t hh_binaries_next(const uint8_t **message);
/* A new stream begins: forget what was asked and close the file. The ingester asks again for what it still lacks. */
void hh_binaries_reset(void);
uint64_t hh_binaries_sent_bytes(void);
uint64_t hh_binaries_refused(void); /* requests that named no module of this process, or overflowed the queue */
#endif
