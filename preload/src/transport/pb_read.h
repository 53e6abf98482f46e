/* Reads protobuf from untrusted bytes. Never reads outside the given range, never allocates. */
#ifndef HH_PB_READ_H
#define HH_PB_READ_H
#include <stddef.h>
#include <stdint.h>

#include "pb_type.h"

typedef struct hh_pb_reader {
  const uint8_t *at, *end;
} hh_pb_reader;

typedef struct hh_pb_field {
  uint32_t number;
  hh_pb_type type;
  uint64_t value;     /* VARINT, FIXED64, FIXED32 */
  hh_pb_reader bytes; /* BYTES: a string, bytes, or a message to read in turn */
} hh_pb_field;

hh_pb_reader hh_pb_read(const void *bytes, size_t size);
/* The next field: 1, or 0 at the end, or -EBADMSG. Groups, which proto3 does not have, are refused. */
int hh_pb_next(hh_pb_reader *reader, hh_pb_field *field);
#endif
