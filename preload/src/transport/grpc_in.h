/* What the ingester sends back: gRPC's framing taken off, ServerMessage decoded. The bytes are untrusted. */
#ifndef HH_GRPC_IN_H
#define HH_GRPC_IN_H
#include <stddef.h>
#include <stdint.h>

enum { HH_SERVER_MESSAGE_MAX = 4096 }; /* ours are below 100 bytes; more is not for us */

typedef enum hh_server_message_kind {
  HH_SERVER_NONE, /* a kind that this version does not know */
  HH_SERVER_WELCOME,
  HH_SERVER_ACK,
  HH_SERVER_BINARY_REQUEST,
  HH_SERVER_SETTINGS,
} hh_server_message_kind;

typedef struct hh_server_message {
  hh_server_message_kind kind;
  union {
    uint64_t acked_sequence; /* WELCOME, ACK */
    struct {
      const uint8_t *build_id; /* lies in the message */
      size_t build_id_size;
      uint32_t module;
    } binary_request;
    struct {
      uint32_t mode;
      uint64_t sample_bytes, cull_ms, revision;
      int stop;
    } settings;
  };
} hh_server_message;

/* Decodes one ServerMessage: 0 or -EBADMSG. */
int hh_server_message_read(const uint8_t *bytes, size_t size, hh_server_message *out);

/* Takes the bytes of a gRPC stream as they come and calls on_message for each message. */
typedef struct hh_grpc_in {
  int (*on_message)(const hh_server_message *message); /* 0 or -errno, which ends the stream */
  size_t held;
  uint8_t message[5 + HH_SERVER_MESSAGE_MAX];
} hh_grpc_in;

/* 0, or -EBADMSG (malformed), -EMSGSIZE (too large), -EPROTO (compressed), or what on_message returned. */
int hh_grpc_in_feed(hh_grpc_in *in, const uint8_t *bytes, size_t size);
#endif
