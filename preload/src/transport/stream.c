#include "stream.h"

#include <errno.h>
#include <sys/socket.h>

#include "sys/sys.h"
#include "tls.h"

int hh_stream_connect(hh_stream *stream, const hh_address *address) {
  stream->secure = 0;
  stream->fd = hh_sys_socket(address->any.sa_family, SOCK_STREAM);
  if (stream->fd < 0) {
    int status = stream->fd;
    stream->fd = -1;
    return status;
  }
  hh_sys_identify(stream->fd, &stream->identity);
  if (address->any.sa_family != AF_UNIX)
    hh_sys_send_small_packets(stream->fd);
  int status = hh_sys_connect(stream->fd, &address->any, address->size);
  if (status == 0 || status == -EINPROGRESS)
    return 0;
  hh_stream_close(stream);
  return status;
}

int hh_stream_connected(const hh_stream *stream) {
  struct pollfd descriptor = {.fd = stream->fd, .events = POLLOUT};
  if (hh_stream_check(stream))
    return -EBADF;
  int ready = hh_sys_poll(&descriptor, 1, 0);
  if (ready == 0 || ready == -EINTR)
    return 0;
  int status = ready < 0 ? ready : hh_sys_connect_result(stream->fd);
  return status ? status : 1;
}

int hh_stream_secure(hh_stream *stream, const char *host) {
  int status = hh_tls_begin(stream->fd, host);
  stream->secure = status == 0;
  return status ? status : hh_stream_secured(stream);
}

int hh_stream_secured(const hh_stream *stream) {
  return hh_stream_check(stream) ? -EBADF : hh_tls_step();
}

short hh_stream_wants(const hh_stream *stream) {
  return stream->secure ? hh_tls_wants() : POLLOUT;
}

const char *hh_stream_reason(const hh_stream *stream) {
  return stream->secure ? hh_tls_reason() : "";
}

int hh_stream_has_input(const hh_stream *stream) {
  return stream->secure && hh_tls_has_input();
}

int hh_stream_check(const hh_stream *stream) {
  hh_sys_identity now;
  if (hh_sys_identify(stream->fd, &now))
    return -EBADF;
  return now.device == stream->identity.device && now.inode == stream->identity.inode ? 0 : -EBADF;
}

long hh_stream_send(const hh_stream *stream, const void *data, size_t bytes) {
  return stream->secure ? hh_tls_send(data, bytes) : hh_sys_send(stream->fd, data, bytes);
}

long hh_stream_receive(const hh_stream *stream, void *out, size_t bytes) {
  return stream->secure ? hh_tls_receive(out, bytes) : hh_sys_receive(stream->fd, out, bytes);
}

void hh_stream_close(hh_stream *stream) {
  int ours = stream->fd >= 0 && hh_stream_check(stream) == 0;
  if (stream->secure) {
    if (ours)
      hh_tls_bid_farewell();
    hh_tls_end();
  }
  if (ours)
    hh_sys_close(stream->fd);
  stream->fd = -1;
  stream->secure = 0;
}

void hh_stream_after_fork(hh_stream *stream) {
  if (stream->secure)
    hh_tls_after_fork();
  stream->secure = 0;
  hh_stream_close(stream);
}
