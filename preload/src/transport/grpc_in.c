#include "grpc_in.h"

#include <errno.h>
#include <string.h>

#include "pb_read.h"

/* Field numbers of packages/wire/proto/heaphound/v1/ingest.proto. */
enum { MESSAGE_WELCOME = 1, MESSAGE_ACK = 2, MESSAGE_BINARY_REQUEST = 3, MESSAGE_SETTINGS = 4 };
enum { WELCOME_ACKED_SEQUENCE = 1, ACK_SEQUENCE = 1 };
enum { BINARY_REQUEST_BUILD_ID = 1, BINARY_REQUEST_MODULE = 2 };
enum { SETTINGS_MODE = 1, SETTINGS_SAMPLE_BYTES = 2, SETTINGS_CULL_MS = 3, SETTINGS_STOP = 4, SETTINGS_REVISION = 16 };

enum { PREFIX = 5 }; /* gRPC: a flag for compression, then the length, big-endian */

/* For one message kind: takes a field into out; a field with a wrong type is malformed. */
typedef int take_field(const hh_pb_field *field, hh_server_message *out);

static int take_acked_sequence(const hh_pb_field *field, hh_server_message *out) {
  _Static_assert(WELCOME_ACKED_SEQUENCE == (int)ACK_SEQUENCE, "one function for both");
  if (field->number != ACK_SEQUENCE)
    return 0;
  out->acked_sequence = field->value;
  return field->type == HH_PB_VARINT ? 0 : -EBADMSG;
}

static int take_binary_request(const hh_pb_field *field, hh_server_message *out) {
  if (field->number == BINARY_REQUEST_BUILD_ID) {
    out->binary_request.build_id = field->bytes.at;
    out->binary_request.build_id_size = (size_t)(field->bytes.end - field->bytes.at);
    return field->type == HH_PB_BYTES ? 0 : -EBADMSG;
  }
  if (field->number == BINARY_REQUEST_MODULE) {
    out->binary_request.module = (uint32_t)field->value;
    return field->type == HH_PB_VARINT ? 0 : -EBADMSG;
  }
  return 0;
}

static int take_settings(const hh_pb_field *field, hh_server_message *out) {
  hh_pb_type type = HH_PB_VARINT;
  switch (field->number) {
  case SETTINGS_MODE:
    out->settings.mode = (uint32_t)field->value;
    break;
  case SETTINGS_SAMPLE_BYTES:
    out->settings.sample_bytes = field->value;
    break;
  case SETTINGS_CULL_MS:
    out->settings.cull_ms = field->value;
    break;
  case SETTINGS_STOP:
    out->settings.stop = field->value != 0;
    break;
  case SETTINGS_REVISION:
    out->settings.revision = field->value;
    type = HH_PB_FIXED64;
    break;
  default:
    return 0;
  }
  return field->type == type ? 0 : -EBADMSG;
}

static int read_fields(hh_pb_reader reader, take_field *take, hh_server_message *out) {
  hh_pb_field field;
  int status;
  while ((status = hh_pb_next(&reader, &field)) > 0) {
    if (take(&field, out))
      return -EBADMSG;
  }
  return status;
}

static const struct {
  hh_server_message_kind kind;
  take_field *take;
} kinds[] = {
    [MESSAGE_WELCOME] = {HH_SERVER_WELCOME, take_acked_sequence},
    [MESSAGE_ACK] = {HH_SERVER_ACK, take_acked_sequence},
    [MESSAGE_BINARY_REQUEST] = {HH_SERVER_BINARY_REQUEST, take_binary_request},
    [MESSAGE_SETTINGS] = {HH_SERVER_SETTINGS, take_settings},
};

int hh_server_message_read(const uint8_t *bytes, size_t size, hh_server_message *out) {
  hh_pb_reader reader = hh_pb_read(bytes, size);
  hh_pb_field field;
  int status;
  memset(out, 0, sizeof *out);
  while ((status = hh_pb_next(&reader, &field)) > 0) {
    if (field.number >= sizeof kinds / sizeof *kinds || !kinds[field.number].take)
      continue;
    if (field.type != HH_PB_BYTES)
      return -EBADMSG;
    memset(out, 0, sizeof *out); /* of a oneof the last one counts */
    out->kind = kinds[field.number].kind;
    if (read_fields(field.bytes, kinds[field.number].take, out))
      return -EBADMSG;
  }
  return status;
}

static size_t announced_size(const uint8_t *prefix) {
  return (size_t)prefix[1] << 24 | (size_t)prefix[2] << 16 | (size_t)prefix[3] << 8 | prefix[4];
}

static int deliver(hh_grpc_in *in, size_t size) {
  hh_server_message message;
  in->held = 0;
  int status = hh_server_message_read(in->message + PREFIX, size, &message);
  return status ? status : in->on_message(&message);
}

int hh_grpc_in_feed(hh_grpc_in *in, const uint8_t *bytes, size_t size) {
  while (size > 0) {
    size_t wanted = PREFIX;
    if (in->held >= PREFIX)
      wanted += announced_size(in->message);
    size_t taken = wanted - in->held < size ? wanted - in->held : size;
    memcpy(in->message + in->held, bytes, taken);
    in->held += taken;
    bytes += taken;
    size -= taken;
    if (in->held < PREFIX)
      return 0;
    if (in->message[0] != 0)
      return -EPROTO;
    if (announced_size(in->message) > HH_SERVER_MESSAGE_MAX)
      return -EMSGSIZE;
    if (in->held == PREFIX + announced_size(in->message)) {
      int status = deliver(in, in->held - PREFIX);
      if (status)
        return status;
    }
  }
  return 0;
}
