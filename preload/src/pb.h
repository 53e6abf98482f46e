/* Writes protobuf into a buffer. Running out of room is remembered, not checked at every call: see hh_pb_size. */
#ifndef HH_PB_H
#define HH_PB_H
#include <endian.h>
#include <string.h>

#include "common.h"
#include "pb_type.h"

typedef struct hh_pb {
  uint8_t *begin, *at, *end;
  bool overflow;
} hh_pb;

enum { HH_PB_LENGTH_BYTES = 4 }; /* a nested message's length, padded: its size is known only at its end */

HH_INLINE void hh_pb_open(hh_pb *pb, uint8_t *buffer, size_t bytes) {
  *pb = (hh_pb){.begin = buffer, .at = buffer, .end = buffer + bytes};
}

/* Bytes written, or 0 when they did not fit. */
HH_INLINE size_t hh_pb_size(const hh_pb *pb) {
  return pb->overflow ? 0 : (size_t)(pb->at - pb->begin);
}

static inline bool hh_pb_room(hh_pb *pb, size_t bytes) {
  if ((size_t)(pb->end - pb->at) < bytes)
    pb->overflow = true;
  return !pb->overflow;
}

static inline void hh_pb_raw_varint(hh_pb *pb, uint64_t value) {
  if (!hh_pb_room(pb, 10))
    return;
  for (; value >= 128; value >>= 7)
    *pb->at++ = (uint8_t)value | 128;
  *pb->at++ = (uint8_t)value;
}

static inline void hh_pb_tag(hh_pb *pb, uint32_t field, uint32_t type) {
  hh_pb_raw_varint(pb, (uint64_t)field << 3 | type);
}

/* proto3: zero is the default and not written. */
static inline void hh_pb_uint(hh_pb *pb, uint32_t field, uint64_t value) {
  if (value == 0)
    return;
  hh_pb_tag(pb, field, HH_PB_VARINT);
  hh_pb_raw_varint(pb, value);
}

static inline void hh_pb_fixed64(hh_pb *pb, uint32_t field, uint64_t value) {
  if (value == 0)
    return;
  hh_pb_tag(pb, field, HH_PB_FIXED64);
  if (!hh_pb_room(pb, sizeof value))
    return;
  value = htole64(value);
  memcpy(pb->at, &value, sizeof value);
  pb->at += sizeof value;
}

static inline void hh_pb_double(hh_pb *pb, uint32_t field, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  hh_pb_fixed64(pb, field, bits);
}

/* Writes even an empty value: elements of repeated fields count. */
static inline void hh_pb_element(hh_pb *pb, uint32_t field, const void *data, size_t bytes) {
  hh_pb_tag(pb, field, HH_PB_BYTES);
  hh_pb_raw_varint(pb, bytes);
  if (!hh_pb_room(pb, bytes))
    return;
  if (bytes)
    memcpy(pb->at, data, bytes);
  pb->at += bytes;
}

static inline void hh_pb_bytes(hh_pb *pb, uint32_t field, const void *data, size_t bytes) {
  if (bytes)
    hh_pb_element(pb, field, data, bytes);
}

static inline void hh_pb_text(hh_pb *pb, uint32_t field, const char *text) {
  hh_pb_bytes(pb, field, text, strlen(text));
}

/* A nested message between begin and end; begin's result goes to end. */
static inline uint8_t *hh_pb_begin(hh_pb *pb, uint32_t field) {
  hh_pb_tag(pb, field, HH_PB_BYTES);
  if (!hh_pb_room(pb, HH_PB_LENGTH_BYTES))
    return pb->at;
  pb->at += HH_PB_LENGTH_BYTES;
  return pb->at;
}

static inline void hh_pb_end(hh_pb *pb, uint8_t *body) {
  size_t length = (size_t)(pb->at - body);
  if (pb->overflow)
    return;
  for (int i = 0; i < HH_PB_LENGTH_BYTES; i++, length >>= 7)
    body[i - HH_PB_LENGTH_BYTES] = (uint8_t)(length & 127) | (i < HH_PB_LENGTH_BYTES - 1 ? 128 : 0);
}
#endif
