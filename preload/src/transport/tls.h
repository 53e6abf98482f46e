/* TLS 1.3 or 1.2 over a socket, as client. One connection at a time; the sender thread alone uses it. Never blocks.
 * The server's certificate is verified: signed by one in HEAPHOUND_CA_FILE (else by one that the system trusts), valid
 * now, made out for the host that was asked for. All memory is the sender's heap. */
#ifndef HH_TLS_H
#define HH_TLS_H
#include <stddef.h>

/* Begins a handshake on a connected socket. Reads the files that the options name, each time: they are replaced while
 * the process runs. 0 or -errno. */
int hh_tls_begin(int fd, const char *host);
int hh_tls_step(void);      /* 1 = the connection is secure, 0 = under way, or -errno: hh_tls_reason says why */
short hh_tls_wants(void);   /* what to poll for while the handshake is under way */
int hh_tls_has_input(void); /* bytes that came, but were not taken yet: polling the socket would not tell */
long hh_tls_send(const void *data, size_t bytes); /* bytes, or -errno; after -EAGAIN call it again with the same data */
long hh_tls_receive(void *out, size_t bytes);     /* bytes, 0 = closed by the peer, or -errno */
void hh_tls_bid_farewell(void);                   /* tells the peer that nothing more will come, as far as that can be
                                                     said at once */
void hh_tls_end(void);                            /* gives everything back; may be called twice */
void hh_tls_after_fork(void);                     /* in a forked child: the connection is the parent's */
const char *hh_tls_reason(void);                  /* why the last handshake or connection failed; "" = it did not */
#endif
