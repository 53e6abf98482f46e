#include "http2.h"

#include <errno.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

/* nghttp2 is compiled with hh_sender_malloc as its malloc (third_party/build). */

enum { HEADER_LIST_MAX = 16 << 10 };

static struct {
  hh_http2_call call;
  hh_http2_state state;
  nghttp2_session *session;
  int32_t stream;
  int deferred;           /* read_body had nothing; the stream waits for hh_http2_resume */
  const uint8_t *pending; /* the rest of a frame, which nghttp2 keeps until it is asked for the next */
  size_t pending_size;
} http2;

static void set_message(const uint8_t *text, size_t size) {
  size_t kept = size < HH_HTTP2_MESSAGE_MAX - 1 ? size : HH_HTTP2_MESSAGE_MAX - 1;
  for (size_t i = 0; i < kept; i++)
    http2.state.message[i] = text[i] >= 0x20 && text[i] < 0x7f ? (char)text[i] : '.';
  http2.state.message[kept] = 0;
}

static int hex_digit(uint8_t digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  digit |= 0x20;
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* grpc-message is percent-encoded. */
static void set_encoded_message(const uint8_t *text, size_t size) {
  uint8_t plain[HH_HTTP2_MESSAGE_MAX];
  size_t count = 0;
  for (size_t i = 0; i < size && count < sizeof plain; i++) {
    plain[count] = text[i];
    if (text[i] == '%' && i + 2 < size && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      plain[count] = (uint8_t)(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
      i += 2;
    }
    count++;
  }
  set_message(plain, count);
}

static nghttp2_ssize on_read_body(nghttp2_session *session, int32_t stream, uint8_t *out, size_t room, uint32_t *flags,
                                  nghttp2_data_source *source, void *user) {
  (void)session, (void)stream, (void)source, (void)user;
  int end = 0;
  size_t size = http2.call.read_body(out, room, &end);
  if (end)
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  http2.deferred = size == 0 && !end;
  return http2.deferred ? (nghttp2_ssize)NGHTTP2_ERR_DEFERRED : (nghttp2_ssize)size;
}

static int on_body_chunk(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data, size_t size,
                         void *user) {
  (void)session, (void)flags, (void)user;
  if (stream != http2.stream || http2.state.body_error)
    return 0;
  http2.state.body_error = http2.call.take_body(data, size);
  if (http2.state.body_error)
    http2.state.ended = 1;
  return 0;
}

static int small_number(const uint8_t *text, size_t size) {
  int value = 0;
  if (size == 0 || size > 4)
    return HH_HTTP2_NO_STATUS;
  for (size_t i = 0; i < size; i++) {
    if (text[i] < '0' || text[i] > '9')
      return HH_HTTP2_NO_STATUS;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

static int is_name(const uint8_t *name, size_t size, const char *wanted) {
  return size == strlen(wanted) && memcmp(name, wanted, size) == 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_size,
                     const uint8_t *value, size_t value_size, uint8_t flags, void *user) {
  (void)session, (void)flags, (void)user;
  if (frame->hd.stream_id != http2.stream)
    return 0;
  if (is_name(name, name_size, ":status"))
    http2.state.http_status = small_number(value, value_size);
  else if (is_name(name, name_size, "grpc-status"))
    http2.state.grpc_status = small_number(value, value_size);
  else if (is_name(name, name_size, "grpc-message"))
    set_encoded_message(value, value_size);
  return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  (void)session, (void)user;
  if (frame->hd.type == NGHTTP2_GOAWAY) {
    http2.state.going_away = 1;
    http2.state.error_code = frame->goaway.error_code;
  } else if (frame->hd.type == NGHTTP2_PING && frame->hd.flags & NGHTTP2_FLAG_ACK) {
    http2.state.pings_answered++;
  } else if (frame->hd.stream_id == http2.stream && frame->hd.flags & NGHTTP2_FLAG_END_STREAM &&
             (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA)) {
    http2.state.ended = 1; /* trailers: the server is through with the call, whatever we still had to say */
  }
  return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream, uint32_t error_code, void *user) {
  (void)session, (void)user;
  if (stream != http2.stream)
    return 0;
  http2.state.ended = 1;
  http2.state.error_code = error_code;
  return 0;
}

static int on_error(nghttp2_session *session, int code, const char *text, size_t size, void *user) {
  (void)session, (void)code, (void)user;
  if (!http2.state.message[0])
    set_message((const uint8_t *)text, size);
  return 0;
}

static nghttp2_nv header(const char *name, const char *value, uint8_t flags) {
  return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value), flags};
}

static int submit_call(void) {
  nghttp2_nv headers[9];
  size_t count = 0;
  headers[count++] = header(":method", "POST", 0);
  headers[count++] = header(":scheme", http2.call.secure ? "https" : "http", 0);
  headers[count++] = header(":authority", http2.call.authority, 0);
  headers[count++] = header(":path", http2.call.path, 0);
  headers[count++] = header("te", "trailers", 0);
  headers[count++] = header("content-type", "application/grpc", 0);
  headers[count++] = header("user-agent", http2.call.user_agent, 0);
  if (http2.call.authorization)
    headers[count++] = header("authorization", http2.call.authorization, NGHTTP2_NV_FLAG_NO_INDEX);
  nghttp2_data_provider2 body = {.read_callback = on_read_body};
  http2.stream = nghttp2_submit_request2(http2.session, NULL, headers, count, &body, NULL);
  return http2.stream < 0 ? -ENOMEM : 0;
}

static int start_session(void) {
  nghttp2_session_callbacks *callbacks = NULL;
  if (nghttp2_session_callbacks_new(&callbacks))
    return -ENOMEM;
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_body_chunk);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
  nghttp2_session_callbacks_set_error_callback2(callbacks, on_error);
  int status = nghttp2_session_client_new(&http2.session, callbacks, NULL);
  nghttp2_session_callbacks_del(callbacks);
  if (status)
    return -ENOMEM;
  nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HEADER_LIST_MAX},
  };
  return nghttp2_submit_settings(http2.session, NGHTTP2_FLAG_NONE, settings, 2) ? -ENOMEM : 0;
}

int hh_http2_open(const hh_http2_call *call) {
  hh_http2_close();
  http2.call = *call;
  http2.state.http_status = http2.state.grpc_status = HH_HTTP2_NO_STATUS;
  int status = start_session();
  if (!status)
    status = submit_call();
  if (status)
    hh_http2_close();
  return status;
}

void hh_http2_close(void) {
  nghttp2_session_del(http2.session);
  hh_http2_forget();
}

void hh_http2_forget(void) {
  memset(&http2, 0, sizeof http2);
}

int hh_http2_receive(const uint8_t *data, size_t size) {
  nghttp2_ssize taken = nghttp2_session_mem_recv2(http2.session, data, size);
  if (taken < 0 && !http2.state.message[0]) {
    const char *reason = nghttp2_strerror((int)taken);
    set_message((const uint8_t *)reason, strlen(reason));
  }
  return taken == (nghttp2_ssize)size ? 0 : -EPROTO;
}

size_t hh_http2_send(uint8_t *out, size_t room) {
  size_t size = 0;
  while (size < room) {
    if (http2.pending_size == 0) {
      nghttp2_ssize got = nghttp2_session_mem_send2(http2.session, &http2.pending);
      if (got < 0)
        http2.state.ended = 1;
      if (got <= 0)
        break;
      http2.pending_size = (size_t)got;
    }
    size_t part = http2.pending_size < room - size ? http2.pending_size : room - size;
    memcpy(out + size, http2.pending, part);
    size += part;
    http2.pending += part;
    http2.pending_size -= part;
  }
  /* After an error nghttp2 says GOAWAY, and then wants nothing any more. */
  if (size == 0 && !nghttp2_session_want_read(http2.session) && !nghttp2_session_want_write(http2.session))
    http2.state.ended = 1;
  return size;
}

void hh_http2_resume(void) {
  if (!http2.deferred)
    return;
  http2.deferred = 0;
  if (nghttp2_session_resume_data(http2.session, http2.stream))
    http2.state.ended = 1;
}

int hh_http2_ping(void) {
  return nghttp2_submit_ping(http2.session, NGHTTP2_FLAG_NONE, NULL) ? -ENOMEM : 0;
}

const hh_http2_state *hh_http2_status(void) {
  return &http2.state;
}
