/* zstd level 1 in memory of our own. The sender thread alone uses it. */
#ifndef HH_COMPRESS_H
#define HH_COMPRESS_H
#include "common.h"

int hh_compress_init(void);   /* 0 or -errno */
void hh_compress_clear(void); /* in a forked child: whatever the parent was compressing */
/* The compressed form of data, valid until the next call, or NULL when it would not be smaller. */
const uint8_t *hh_compress(const uint8_t *data, size_t bytes, size_t *compressed_bytes);
#endif
