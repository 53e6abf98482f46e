#include "grpc_connect.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "grpc_targets.h"
#include "log.h"
#include "resolve.h"
#include "sys/sys.h"
#include "tls.h"

#ifndef HH_HANDSHAKE_MS /* the tests are less patient */
#define HH_HANDSHAKE_MS 10000
#endif
enum { WAIT_FIRST_MS = 100, WAIT_LONGEST_MS = 5000, CONNECT_MS = 5000, HANDSHAKE_MS = HH_HANDSHAKE_MS };

typedef enum phase { WAITING, RESOLVING, CONNECTING, SECURING, HANDED_OVER } phase;

static struct {
  phase phase;
  hh_targets targets;
  unsigned target;  /* the one that is being tried, or connected to */
  unsigned address; /* of its addresses */
  unsigned address_count;
  hh_address local; /* of a Unix socket */
  hh_stream stream;
  uint64_t deadline_ms;
  unsigned failures; /* since something last worked */
  int error;
  uint64_t tls_failures;
} connecting = {.stream = {.fd = -1}};

int hh_connect_open(const char *servers) {
  memset(&connecting, 0, sizeof connecting);
  connecting.stream.fd = -1;
  return hh_targets_parse(servers, &connecting.targets);
}

static const hh_target *current_target(void) {
  return &connecting.targets.target[connecting.target];
}

/* Half of it at least, the rest by chance, so that a fleet does not come back all at once. */
static uint64_t jittered(uint64_t wait_ms) {
  uint32_t chance = 0;
  hh_sys_random(&chance, sizeof chance);
  return wait_ms / 2 + chance % (wait_ms / 2 + 1);
}

static uint64_t next_wait(void) {
  unsigned rounds = connecting.failures / connecting.targets.count;
  uint64_t wait_ms = rounds < 6 ? (uint64_t)WAIT_FIRST_MS << rounds : WAIT_LONGEST_MS;
  connecting.failures++;
  return jittered(wait_ms < WAIT_LONGEST_MS ? wait_ms : WAIT_LONGEST_MS);
}

void hh_connect_again(uint64_t now_ms, int error, uint64_t at_least_ms) {
  hh_resolve_end();
  hh_stream_close(&connecting.stream);
  uint64_t wait_ms = next_wait();
  if (at_least_ms)
    wait_ms = jittered(2 * at_least_ms);
  hh_log(connecting.error ? HH_LOG_DEBUG : HH_LOG_INFO, "%s: no connection (error %d); next attempt in %lu ms",
         current_target()->authority, -error, (unsigned long)wait_ms);
  connecting.error = error;
  connecting.phase = WAITING;
  connecting.deadline_ms = now_ms + wait_ms;
  connecting.target = (connecting.target + 1) % connecting.targets.count;
}

void hh_connect_now(uint64_t now_ms) {
  hh_resolve_end();
  hh_stream_close(&connecting.stream);
  connecting.phase = WAITING;
  connecting.deadline_ms = now_ms;
}

void hh_connect_worked(void) {
  connecting.failures = 0;
  connecting.error = 0;
}

static const hh_address *current_address(void) {
  const hh_target *target = current_target();
  if (!target->is_local)
    return hh_resolve_address(connecting.address);
  hh_address *local = &connecting.local;
  memset(local, 0, sizeof *local);
  local->local.sun_family = AF_UNIX;
  size_t length = strlen(target->host);
  if (length >= sizeof local->local.sun_path)
    length = sizeof local->local.sun_path - 1; /* there is no such socket: connecting says so */
  memcpy(local->local.sun_path, target->host, length);
  local->size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
  return local;
}

/* The current address, or the first behind it to which a connection can be begun. */
static void begin_connecting(uint64_t now_ms, int error) {
  for (; connecting.address < connecting.address_count; connecting.address++) {
    error = hh_stream_connect(&connecting.stream, current_address());
    if (!error) {
      connecting.phase = CONNECTING;
      connecting.deadline_ms = now_ms + CONNECT_MS;
      return;
    }
  }
  hh_connect_again(now_ms, error, 0);
}

static void resolved(uint64_t now_ms, int status) {
  if (status < 0) {
    hh_connect_again(now_ms, status, 0);
  } else if (status == 0) {
    connecting.phase = RESOLVING;
    connecting.deadline_ms = hh_resolve_deadline_ms();
  } else {
    connecting.address = 0;
    connecting.address_count = current_target()->is_local ? 1 : hh_resolve_count();
    begin_connecting(now_ms, -EHOSTUNREACH);
  }
}

static void begin_attempt(uint64_t now_ms) {
  const hh_target *target = current_target();
  resolved(now_ms, target->is_local ? 1 : hh_resolve_begin(target->host, target->port, now_ms));
}

/* `status` of a step: 1 when it is done, 0 while it may go on. After a failure the next address is tried. */
static int judge(uint64_t now_ms, int status) {
  if (status == 0 && now_ms >= connecting.deadline_ms)
    status = -ETIMEDOUT;
  if (status >= 0)
    return status;
  hh_stream_close(&connecting.stream);
  connecting.address++;
  begin_connecting(now_ms, status);
  return 0;
}

static int judge_handshake(uint64_t now_ms, int status) {
  int late = status == 0 && now_ms >= connecting.deadline_ms;
  if (status < 0 || late) {
    connecting.tls_failures++;
    hh_log(connecting.error ? HH_LOG_DEBUG : HH_LOG_ERROR, "%s: no TLS connection: %s", current_target()->authority,
           late ? "the server does not answer in time" : hh_tls_reason());
  }
  return judge(now_ms, status);
}

/* 1 when the connection can be handed over. */
static int check_connecting(uint64_t now_ms) {
  if (connecting.phase == CONNECTING) {
    int done = judge(now_ms, hh_stream_connected(&connecting.stream));
    if (done != 1 || !current_target()->is_secure)
      return done;
    connecting.phase = SECURING;
    connecting.deadline_ms = now_ms + HANDSHAKE_MS;
    return judge_handshake(now_ms, hh_stream_secure(&connecting.stream, current_target()->host));
  }
  return judge_handshake(now_ms, hh_stream_secured(&connecting.stream));
}

int hh_connect_step(uint64_t now_ms, hh_stream *out) {
  if (connecting.phase == WAITING && now_ms >= connecting.deadline_ms)
    begin_attempt(now_ms);
  if (connecting.phase == RESOLVING)
    resolved(now_ms, hh_resolve_step(now_ms));
  if ((connecting.phase != CONNECTING && connecting.phase != SECURING) || check_connecting(now_ms) != 1)
    return 0;
  *out = connecting.stream;
  connecting.stream.fd = -1;
  connecting.stream.secure = 0;
  connecting.phase = HANDED_OVER;
  return 1;
}

const char *hh_connect_authority(void) {
  return current_target()->authority;
}

int hh_connect_is_secure(void) {
  return current_target()->is_secure;
}

int hh_connect_is_private(void) {
  if (current_target()->is_secure || current_target()->is_local)
    return 1;
  const hh_address *address = current_address();
  if (address->any.sa_family == AF_INET)
    return *(const uint8_t *)&address->in.sin_addr == 127;
  return IN6_IS_ADDR_LOOPBACK(&address->in6.sin6_addr);
}

int hh_connect_error(void) {
  return connecting.error;
}

int hh_connect_fd(short *events) {
  *events = POLLIN;
  if (connecting.phase == CONNECTING || connecting.phase == SECURING) {
    *events = hh_stream_wants(&connecting.stream);
    return connecting.stream.fd;
  }
  return connecting.phase == RESOLVING ? hh_resolve_fd() : -1;
}

uint64_t hh_connect_deadline_ms(void) {
  return connecting.deadline_ms;
}

void hh_connect_close(void) {
  hh_resolve_end();
  hh_stream_close(&connecting.stream);
  connecting.phase = WAITING;
}

void hh_connect_after_fork(uint64_t now_ms) {
  hh_stream_after_fork(&connecting.stream);
  hh_connect_close(); /* closes the child's copies only */
  connecting.failures = 0;
  connecting.error = 0;
  connecting.deadline_ms = now_ms;
}

uint64_t hh_connect_tls_failures(void) {
  return connecting.tls_failures;
}

uint64_t hh_connect_refused_targets(void) {
  return connecting.targets.refused;
}
