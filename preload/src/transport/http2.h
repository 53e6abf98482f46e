/* One HTTP/2 connection that carries one gRPC call, over whatever moves the bytes. There is at most one at a time; the
 * sender thread alone uses it. All memory comes from the sender's heap. */
#ifndef HH_HTTP2_H
#define HH_HTTP2_H
#include <stddef.h>
#include <stdint.h>

enum { HH_HTTP2_NO_STATUS = -1, HH_HTTP2_MESSAGE_MAX = 160 };

typedef struct hh_http2_call {
  const char *authority;
  int secure; /* scheme https */
  const char *path;
  const char *authorization; /* value of that header, NULL = none */
  const char *user_agent;
  /* Fills out with up to room bytes of the request's body; 0 = nothing now. Sets *end behind the last byte. */
  size_t (*read_body)(uint8_t *out, size_t room, int *end);
  /* Takes bytes of the answer's body; anything but 0 ends the connection. */
  int (*take_body)(const uint8_t *data, size_t size);
} hh_http2_call;

/* How the call stands. */
typedef struct hh_http2_state {
  int ended;       /* closed by the other side, or after an error: connect again */
  int going_away;  /* the server asked for a new connection */
  int http_status; /* HH_HTTP2_NO_STATUS until known, as grpc_status */
  int grpc_status;
  uint32_t error_code; /* of RST_STREAM or GOAWAY */
  int body_error;      /* what take_body returned */
  uint64_t pings_answered;
  char message[HH_HTTP2_MESSAGE_MAX]; /* grpc-message, or nghttp2's words; printable */
} hh_http2_state;

int hh_http2_open(const hh_http2_call *call);           /* 0 or -errno */
void hh_http2_close(void);                              /* frees everything; may be called twice */
void hh_http2_forget(void);                             /* in a forked child: the heap is not ours */
int hh_http2_receive(const uint8_t *data, size_t size); /* 0 or -EPROTO */
size_t hh_http2_send(uint8_t *out, size_t room);        /* bytes to put on the wire next; 0 = none now */
void hh_http2_resume(void);                             /* read_body has something again */
int hh_http2_ping(void);
const hh_http2_state *hh_http2_status(void);
#endif
