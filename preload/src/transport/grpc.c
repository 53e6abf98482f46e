/* The stream to an ingester, from the socket up:  stream (bytes) -> http2 (frames, flow control) -> grpc_out, grpc_in
 * (messages). This file owns the connection's life: connect, exchange, notice that it is dead, start over.
 * What is not acknowledged stays in the spool, so a lost connection costs nothing but time. */
#include "grpc.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "arena.h"
#include "binaries.h"
#include "grpc_connect.h"
#include "grpc_in.h"
#include "grpc_out.h"
#include "grpc_token.h"
#include "http2.h"
#include "log.h"
#include "mode.h"
#include "options.h"
#include "spool.h"
#include "spool_dead.h"
#include "sys/sys.h"
#include "transport.h"

#ifndef HH_GRPC_IDLE_MS /* the tests are less patient */
#define HH_GRPC_IDLE_MS    20000
#define HH_GRPC_WELCOME_MS 30000
#endif

enum {
  OUT_BYTES = 64 << 10,
  IN_BYTES = 16 << 10,
  WRITES_PER_PUMP = 16, /* the sender has rings to empty */
  READS_PER_PUMP = 16,
  IDLE_MS = HH_GRPC_IDLE_MS, /* then a ping; dead when it stays unanswered for as long */
  WELCOME_MS = HH_GRPC_WELCOME_MS,
  REJECTED_WAIT_MS = 30000,
  LINGER_MS = 3000, /* a server that is busy reads Goodbye late; gone before, it would be dropped unread */
  /* The spool files of ended processes come second: this one's own stream is up first, little waits, and not for long.
   */
  OWN_FIRST_MS = 500,
  OWN_LITTLE = 32,
  OWN_MUCH = 128,
  DEAD_LOOK_MS = 1000,
  DEAD_LEAST_MS = 1000,
  DEAD_MOST_MS = 10000,
  BLOCKED_MS = 4, /* between pumps while there is something to send that the peer has no window for */
};

/* gRPC status codes that the same call would get again at once. */
enum { INVALID_ARGUMENT = 3, PERMISSION_DENIED = 7, UNIMPLEMENTED = 12, UNAUTHENTICATED = 16 };

/* Memory of one connection, given back when it ends. */
typedef struct buffers {
  uint8_t out[OUT_BYTES];
  uint8_t in[IN_BYTES];
  char authorization[HH_AUTHORIZATION_MAX];
  hh_grpc_in messages;
} buffers;

static struct {
  int open;
  hh_stream stream;
  buffers *buffers; /* there while connected */
  size_t out_at, out_size;
  uint64_t heard_ms, pinged_ms; /* pinged_ms 0: no ping is unanswered */
  uint64_t pings_answered;
  uint64_t begun_ms;
  int dead;            /* the stream is that of an ended process */
  int returning;       /* from it to our own, which has to be opened again */
  int rejected;        /* the last call's fate: an error that waiting will hardly mend, as -errno */
  int rejected_status; /* its gRPC status, logged once while it stays the same */
  hh_grpc_counters counters;
} grpc = {.stream = {.fd = -1}};

static uint64_t now_ms(void) {
  return hh_sys_monotonic_ns() / 1000000;
}

static int on_message(const hh_server_message *message) {
  switch (message->kind) {
  case HH_SERVER_WELCOME:
    grpc.counters.connections++;
    grpc.returning = 0;
    hh_log(HH_LOG_INFO, "%s: connected, blocks up to %llu are stored", hh_connect_authority(),
           (unsigned long long)message->acked_sequence);
    return hh_grpc_out_welcome(message->acked_sequence);
  case HH_SERVER_ACK:
    grpc.rejected = grpc.rejected_status = 0;
    hh_connect_worked();
    return hh_grpc_out_ack(message->acked_sequence);
  case HH_SERVER_BINARY_REQUEST:
    hh_binaries_request(message->binary_request.build_id, message->binary_request.build_id_size,
                        message->binary_request.module);
    return 0;
  case HH_SERVER_SETTINGS:
    hh_mode_settings(&(hh_settings){.mode = message->settings.mode,
                                    .sample_bytes = message->settings.sample_bytes,
                                    .cull_ms = message->settings.cull_ms,
                                    .revision = message->settings.revision,
                                    .stop = message->settings.stop != 0});
    return 0;
  default:
    return 0;
  }
}

static int take_body(const uint8_t *data, size_t size) {
  return hh_grpc_in_feed(&grpc.buffers->messages, data, size);
}

static void drop_connection(void) {
  hh_http2_close();
  hh_stream_close(&grpc.stream);
  hh_binaries_reset();
  if (grpc.buffers)
    hh_pages_free(grpc.buffers, sizeof *grpc.buffers);
  grpc.buffers = NULL;
  grpc.out_at = grpc.out_size = 0;
}

static void lose_connection(int error, uint64_t at_least_ms) {
  grpc.counters.failures++;
  drop_connection();
  hh_connect_again(now_ms(), error, at_least_ms);
}

/* Whoever has the token can send in this pod's name: it goes nowhere where others could read it on its way. */
static int authorize(void) {
  if (!hh_options.token_file[0])
    return 0;
  if (!hh_connect_is_private() && !hh_options.plaintext_token) {
    hh_log(HH_LOG_ERROR,
           "%s: HEAPHOUND_TOKEN_FILE is not sent in plain text: write https:// before the server, or set "
           "HEAPHOUND_PLAINTEXT_TOKEN=1 where nobody listens",
           hh_connect_authority());
    return -EACCES;
  }
  int status = hh_grpc_authorization(hh_options.token_file, grpc.buffers->authorization);
  if (status)
    hh_log(HH_LOG_ERROR, "HEAPHOUND_TOKEN_FILE: cannot use %s (error %d)", hh_options.token_file, -status);
  return status;
}

static uint64_t own_waiting(void) {
  return hh_spool_last() - hh_spool_acked();
}

static void change_stream(uint64_t now, int dead) {
  drop_connection();
  grpc.dead = dead;
  grpc.returning = !dead;
  hh_grpc_out_serve_dead(dead);
  hh_connect_now(now);
}

static void leave_dead(uint64_t now) {
  hh_spool_dead_later(now);
  change_stream(now, 0);
}

/* Between our own stream and that of an ended process, if there is one. */
static void choose_stream(uint64_t now) {
  uint64_t ms = now - grpc.begun_ms;
  if (!hh_options.spool_dir[0] || !hh_grpc_out_welcomed())
    return;
  if (!grpc.dead && ms >= OWN_FIRST_MS && own_waiting() <= OWN_LITTLE && !hh_binaries_pending() &&
      hh_spool_dead_find(hh_options.spool_dir, now))
    change_stream(now, 1);
  else if (grpc.dead && (ms >= DEAD_MOST_MS || (ms >= DEAD_LEAST_MS && own_waiting() >= OWN_MUCH)))
    leave_dead(now);
}

/* The call about an ended process has ended: with all that there is, or not. */
static void dead_call_ended(uint64_t now) {
  const hh_http2_state *state = hh_http2_status();
  if (hh_grpc_out_finished() && state->grpc_status == 0)
    hh_spool_dead_delivered();
  else if (state->grpc_status == INVALID_ARGUMENT)
    hh_spool_dead_refused();
  else
    hh_spool_dead_later(now);
  change_stream(now, 0);
}

static int start_call(void) {
  grpc.buffers = hh_pages(sizeof *grpc.buffers, "heaphound grpc");
  if (!grpc.buffers)
    return -ENOMEM;
  int status = authorize();
  if (status)
    return status;
  grpc.buffers->messages.on_message = on_message;
  hh_grpc_out_begin();
  hh_http2_call call = {
      .authority = hh_connect_authority(),
      .secure = hh_connect_is_secure(),
      .path = "/heaphound.v1.Ingest/Stream",
      .user_agent = "heaphound-preload/" HH_VERSION,
      .authorization = grpc.buffers->authorization[0] ? grpc.buffers->authorization : NULL,
      .read_body = hh_grpc_out_read,
      .take_body = take_body,
  };
  return hh_http2_open(&call);
}

static void connected(uint64_t now) {
  grpc.begun_ms = grpc.heard_ms = now;
  grpc.pinged_ms = grpc.pings_answered = 0;
  int status = start_call();
  if (status)
    lose_connection(status, status == -EACCES ? REJECTED_WAIT_MS : 0);
}

/* Would the same call get the same answer again at once? */
static int is_rejection(const hh_http2_state *state) {
  switch (state->grpc_status) {
  case INVALID_ARGUMENT:
  case PERMISSION_DENIED:
  case UNIMPLEMENTED:
  case UNAUTHENTICATED:
    return 1;
  }
  switch (state->http_status) {
  case HH_HTTP2_NO_STATUS:
  case 200:
  case 429: /* too many requests */
  case 502: /* from a proxy whose server is away for a moment */
  case 503:
  case 504:
    return state->body_error != 0;
  default:
    return 1;
  }
}

/* The call has ended, or what came cannot be understood: say why, wait, connect again. */
static void call_ended(int error) {
  const hh_http2_state *state = hh_http2_status();
  int status = state->grpc_status;
  if (state->body_error || error == -EPROTO)
    grpc.counters.protocol_errors++;
  if (!is_rejection(state)) {
    hh_log(HH_LOG_INFO, "%s: the stream ended: error %d, status %d, HTTP %d, code %u %s%s", hh_connect_authority(),
           -error, status, state->http_status, state->error_code, state->message, hh_stream_reason(&grpc.stream));
    lose_connection(error, 0);
    return;
  }
  int level = grpc.rejected && grpc.rejected_status == status ? HH_LOG_DEBUG : HH_LOG_ERROR;
  hh_log(level, "%s: the server rejects the stream: status %d, HTTP %d, error %d: %s. Trying again every %d s",
         hh_connect_authority(), status, state->http_status, -state->body_error, state->message,
         REJECTED_WAIT_MS / 1000);
  grpc.rejected = status == UNAUTHENTICATED || status == PERMISSION_DENIED ? -EACCES : -EPROTO;
  grpc.rejected_status = status;
  lose_connection(grpc.rejected, REJECTED_WAIT_MS);
}

/* 0 or -errno: the connection is of no use any more. */
static int receive(uint64_t now) {
  for (int i = 0; i < READS_PER_PUMP; i++) {
    long got = hh_stream_receive(&grpc.stream, grpc.buffers->in, IN_BYTES);
    if (got == -EAGAIN || got == -EINTR)
      return 0;
    if (got <= 0)
      return got ? (int)got : -ECONNRESET;
    grpc.heard_ms = now;
    grpc.counters.received_bytes += (uint64_t)got;
    int status = hh_http2_receive(grpc.buffers->in, (size_t)got);
    if (status || hh_http2_status()->ended)
      return status;
  }
  return 0;
}

static int write_out(void) {
  while (grpc.out_at < grpc.out_size) {
    long sent = hh_stream_send(&grpc.stream, grpc.buffers->out + grpc.out_at, grpc.out_size - grpc.out_at);
    if (sent == -EAGAIN || sent == -EINTR)
      return -EAGAIN;
    if (sent < 0)
      return (int)sent;
    grpc.out_at += (size_t)sent;
    grpc.counters.sent_bytes += (uint64_t)sent;
  }
  return 0;
}

static int send_waiting(void) {
  if (hh_grpc_out_ready())
    hh_http2_resume();
  for (int i = 0; i < WRITES_PER_PUMP; i++) {
    int status = write_out();
    if (status)
      return status == -EAGAIN ? 0 : status;
    grpc.out_at = 0;
    grpc.out_size = hh_http2_send(grpc.buffers->out, OUT_BYTES);
    if (grpc.out_size == 0)
      return 0;
  }
  return 0;
}

/* 0, or -ETIMEDOUT when the other side has been silent for too long. */
static int keep_alive(uint64_t now) {
  const hh_http2_state *state = hh_http2_status();
  if (state->pings_answered != grpc.pings_answered)
    grpc.pinged_ms = 0;
  grpc.pings_answered = state->pings_answered;
  if (!hh_grpc_out_welcomed() && now - grpc.begun_ms >= WELCOME_MS)
    return -ETIMEDOUT;
  if (grpc.pinged_ms)
    return now - grpc.pinged_ms >= IDLE_MS ? -ETIMEDOUT : 0;
  if (now - grpc.heard_ms < IDLE_MS)
    return 0;
  grpc.pinged_ms = now;
  return hh_http2_ping();
}

static int exchange(uint64_t now) {
  int status = receive(now);
  if (!status && !hh_http2_status()->ended)
    status = keep_alive(now);
  if (!status && !hh_http2_status()->ended)
    status = send_waiting();
  return status;
}

static void pump(void) {
  uint64_t now = now_ms();
  if (!grpc.open)
    return;
  if (!grpc.buffers) {
    if (hh_connect_step(now, &grpc.stream) == 1)
      connected(now);
    if (!grpc.buffers)
      return;
  }
  if (hh_stream_check(&grpc.stream)) {
    grpc.counters.closed_by_application++;
    lose_connection(-EBADF, 0);
    return;
  }
  int status = exchange(now);
  if (hh_grpc_out_broken()) {
    hh_log(HH_LOG_ERROR, "somebody has damaged the spool file: a block is lost");
    lose_connection(-EIO, 0);
    return;
  }
  const hh_http2_state *state = hh_http2_status();
  if ((status || state->ended || state->going_away) && grpc.dead)
    dead_call_ended(now);
  else if (status || state->ended || state->going_away)
    call_ended(status);
  else
    choose_stream(now);
}

static int grpc_open(const char *servers) {
  drop_connection();
  hh_connect_close();
  grpc.rejected = 0;
  int status = hh_connect_open(servers);
  grpc.counters.refused_targets = hh_connect_refused_targets();
  grpc.open = !status;
  return status;
}

static int grpc_poll_fd(short *events) {
  if (!grpc.buffers)
    return hh_connect_fd(events);
  *events = POLLIN;
  if (grpc.out_at < grpc.out_size)
    *events |= POLLOUT;
  return grpc.stream.fd;
}

static uint64_t next_deadline_ms(void) {
  if (!grpc.buffers)
    return hh_connect_deadline_ms();
  uint64_t deadline = (grpc.pinged_ms ? grpc.pinged_ms : grpc.heard_ms) + IDLE_MS;
  if (!hh_grpc_out_welcomed() && grpc.begun_ms + WELCOME_MS < deadline)
    deadline = grpc.begun_ms + WELCOME_MS;
  return deadline;
}

static int is_blocked(void) {
  return grpc.buffers && (grpc.out_at < grpc.out_size || hh_grpc_out_ready());
}

static int grpc_timeout_ms(void) {
  if (!grpc.open)
    return -1;
  if (grpc.buffers && hh_stream_has_input(&grpc.stream))
    return 0;
  uint64_t now = now_ms(), deadline = next_deadline_ms();
  if (hh_options.spool_dir[0] && deadline > now + DEAD_LOOK_MS)
    deadline = now + DEAD_LOOK_MS;
  if (is_blocked() && deadline > now + BLOCKED_MS)
    deadline = now + BLOCKED_MS;
  return deadline > now ? (int)(deadline - now) : 0;
}

static int grpc_drained(void) {
  if (grpc.dead)
    leave_dead(now_ms());
  if (grpc.open && grpc.returning)
    return 0; /* Goodbye needs our own stream */
  if (hh_spool_acked() == hh_spool_last() && !hh_binaries_pending())
    return 1;
  if (!grpc.open)
    return -ENOTCONN;
  if (grpc.rejected)
    return grpc.rejected;
  if (grpc.buffers || grpc.counters.connections)
    return 0; /* a server that was there before will come back */
  return hh_connect_error();
}

/* Goodbye and the end of the call, then a moment for the server to close it: a socket closed with unread input resets
 * the connection, and takes away from the server what it has not read yet. */
static void say_goodbye(void) {
  uint64_t end = now_ms() + LINGER_MS, now;
  short events;
  hh_grpc_out_goodbye();
  while ((now = now_ms()) < end && grpc.buffers) {
    if (hh_stream_check(&grpc.stream) || exchange(now) || hh_http2_status()->ended)
      return;
    int fd = grpc_poll_fd(&events);
    struct pollfd descriptor = {.fd = fd, .events = events};
    hh_sys_poll(&descriptor, 1, (int)(end - now));
  }
}

static void grpc_close(void) {
  if (grpc.buffers && hh_grpc_out_welcomed())
    say_goodbye();
  drop_connection();
  hh_connect_close();
  hh_spool_dead_forget();
  grpc.open = 0;
}

static void grpc_after_fork(void) {
  hh_http2_forget(); /* the sender's heap may have been in use when the process forked: nothing of it is freed */
  hh_grpc_out_forget();
  hh_stream_after_fork(&grpc.stream); /* closes this process's copies of the descriptors; the peer sees nothing */
  drop_connection();
  hh_connect_after_fork(now_ms());
  grpc.rejected = grpc.dead = grpc.returning = 0;
  hh_spool_dead_forget();
  memset(&grpc.counters, 0, sizeof grpc.counters);
}

hh_grpc_counters hh_grpc_counts(void) {
  grpc.counters.tls_failures = hh_connect_tls_failures();
  return grpc.counters;
}

const hh_transport hh_transport_grpc = {
    .name = "grpc",
    .open = grpc_open,
    .pump = pump,
    .poll_fd = grpc_poll_fd,
    .timeout_ms = grpc_timeout_ms,
    .drained = grpc_drained,
    .close = grpc_close,
    .after_fork = grpc_after_fork,
};
