/* What the targets share: a reader of the fuzzer's bytes, and an assertion that ends the run. */
#ifndef HH_FUZZ_H
#define HH_FUZZ_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct hh_fuzz_bytes {
  const uint8_t *at, *end;
} hh_fuzz_bytes;

/* The next `bytes` bytes as a number; zeros behind the end. */
static inline uint64_t hh_fuzz_take(hh_fuzz_bytes *in, unsigned bytes) {
  uint64_t value = 0;
  for (unsigned i = 0; i < bytes && in->at < in->end; i++)
    value |= (uint64_t)*in->at++ << (8 * i);
  return value;
}

#define HH_MUST(expression)                                                                                            \
  do {                                                                                                                 \
    if (!(expression)) {                                                                                               \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #expression);                                                 \
      abort();                                                                                                         \
    }                                                                                                                  \
  } while (0)

/* A file that holds these bytes, and nothing else: the same one each time. */
int hh_fuzz_file(const uint8_t *data, size_t size);
#endif
