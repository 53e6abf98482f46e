/* The byte stream under HTTP/2: a TCP or Unix socket now; TLS will be a second layer with these functions. */
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
  int fd; /* -1 = none */
  hh_sys_identity identity;
} hh_stream;

int hh_stream_connect(hh_stream *stream, const hh_address *address); /* 0 = begun (or done), or -errno */
int hh_stream_connected(const hh_stream *stream);                    /* 1, 0 = not yet, or -errno */
/* 0, or -EBADF when the application has closed the descriptor, or it has become somebody else's. */
int hh_stream_check(const hh_stream *stream);
long hh_stream_send(const hh_stream *stream, const void *data, size_t bytes); /* bytes sent, or -errno */
long hh_stream_receive(const hh_stream *stream, void *out, size_t bytes); /* bytes, 0 = closed by the peer, -errno */
void hh_stream_shut(const hh_stream *stream);                             /* nothing more will be sent */
void hh_stream_close(hh_stream *stream); /* leaves a descriptor alone that is not ours */
#endif
