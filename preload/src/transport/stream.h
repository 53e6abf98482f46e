/* The byte stream under HTTP/2: a TCP or Unix socket, with TLS over it where the server's address says https. */
#ifndef HH_STREAM_H
#define HH_STREAM_H
#include <netinet/in.h>
#include <stddef.h>
#include <sys/un.h>

#include "sys/sockets.h"

typedef struct hh_address {
  socklen_t size;
  union {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un local;
  };
} hh_address;

typedef struct hh_stream {
  int fd;     /* -1 = none */
  int secure; /* what is sent and received goes through TLS */
  hh_sys_identity identity;
} hh_stream;

int hh_stream_connect(hh_stream *stream, const hh_address *address); /* 0 = begun (or done), or -errno */
int hh_stream_connected(const hh_stream *stream);                    /* 1, 0 = not yet, or -errno */
/* After it is connected: begins the handshake, and goes on with it. 1 = secure, 0 = under way, or -errno. */
int hh_stream_secure(hh_stream *stream, const char *host);
int hh_stream_secured(const hh_stream *stream);
short hh_stream_wants(const hh_stream *stream);        /* poll events until then */
const char *hh_stream_reason(const hh_stream *stream); /* why TLS failed; "" when it did not */
int hh_stream_has_input(const hh_stream *stream);      /* not taken yet, though the socket may have nothing more */
/* 0, or -EBADF when the application has closed the descriptor, or it has become somebody else's. */
int hh_stream_check(const hh_stream *stream);
long hh_stream_send(const hh_stream *stream, const void *data, size_t bytes); /* bytes sent, or -errno */
long hh_stream_receive(const hh_stream *stream, void *out, size_t bytes); /* bytes, 0 = closed by the peer, -errno */
void hh_stream_close(hh_stream *stream);      /* leaves a descriptor alone that is not ours */
void hh_stream_after_fork(hh_stream *stream); /* in a forked child: closes its copy, the peer sees nothing */
#endif
