/* CRC-32 as in zlib and gzip (Node has it too): whether a record in a file is what was written. */
#ifndef HH_CRC32_H
#define HH_CRC32_H
#include <stddef.h>
#include <stdint.h>

/* Of `bytes` after those that `before` is the sum of; 0 at first. */
uint32_t hh_crc32(uint32_t before, const void *data, size_t bytes);
#endif
