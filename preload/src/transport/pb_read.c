#include "pb_read.h"

#include <errno.h>

hh_pb_reader hh_pb_read(const void *bytes, size_t size) {
  const uint8_t *at = bytes;
  return (hh_pb_reader){at, at + size};
}

static int read_varint(hh_pb_reader *reader, uint64_t *value) {
  *value = 0;
  for (unsigned shift = 0; shift < 70 && reader->at < reader->end; shift += 7) {
    uint8_t byte = *reader->at++;
    if (shift == 63 && byte > 1)
      return -EBADMSG;
    *value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80)
      return 0;
  }
  return -EBADMSG;
}

static int read_fixed(hh_pb_reader *reader, unsigned size, uint64_t *value) {
  if ((size_t)(reader->end - reader->at) < size)
    return -EBADMSG;
  *value = 0;
  for (unsigned i = 0; i < size; i++)
    *value |= (uint64_t)reader->at[i] << (8 * i);
  reader->at += size;
  return 0;
}

static int read_bytes(hh_pb_reader *reader, hh_pb_reader *bytes) {
  uint64_t size;
  if (read_varint(reader, &size) || size > (size_t)(reader->end - reader->at))
    return -EBADMSG;
  *bytes = hh_pb_read(reader->at, (size_t)size);
  reader->at += size;
  return 0;
}

int hh_pb_next(hh_pb_reader *reader, hh_pb_field *field) {
  *field = (hh_pb_field){0};
  if (reader->at == reader->end)
    return 0;
  uint64_t tag;
  if (read_varint(reader, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
    return -EBADMSG;
  field->number = (uint32_t)(tag >> 3);
  field->type = (hh_pb_type)(tag & 7);
  int status;
  switch (field->type) {
  case HH_PB_VARINT:
    status = read_varint(reader, &field->value);
    break;
  case HH_PB_FIXED64:
    status = read_fixed(reader, 8, &field->value);
    break;
  case HH_PB_BYTES:
    status = read_bytes(reader, &field->bytes);
    break;
  case HH_PB_FIXED32:
    status = read_fixed(reader, 4, &field->value);
    break;
  default:
    status = -EBADMSG;
  }
  return status ? status : 1;
}
