/* Gets a connection to one of the servers: look-up, addresses in turn, TLS where it is asked for, waiting longer after
 * each failure. Never blocks. */
#ifndef HH_GRPC_CONNECT_H
#define HH_GRPC_CONNECT_H
#include <stdint.h>

#include "stream.h"

int hh_connect_open(const char *servers); /* the list of HEAPHOUND_SERVER; 0 or -errno */
/* 1 = connected: the stream is handed over. 0 = under way, or waiting for the next attempt. */
int hh_connect_step(uint64_t now_ms, hh_stream *out);
/* A connection was lost or could not be used: wait, then try the next address or server. At least_ms 0 = the usual
 * 100 ms to 5 s. */
void hh_connect_again(uint64_t now_ms, int error, uint64_t at_least_ms);
/* The same server once more, at once: the connection was given up for another stream. */
void hh_connect_now(uint64_t now_ms);
void hh_connect_worked(void); /* the server did its work: the next failure waits shortly again */
const char *hh_connect_authority(void);
int hh_connect_is_secure(void); /* TLS */
/* Nobody on the way can read what is sent there: TLS, a Unix socket, or this machine itself. */
int hh_connect_is_private(void);
int hh_connect_error(void); /* 0, or why the last attempt failed */
int hh_connect_fd(short *events);
uint64_t hh_connect_deadline_ms(void);
void hh_connect_close(void);
void hh_connect_after_fork(uint64_t now_ms);
uint64_t hh_connect_refused_targets(void);
uint64_t hh_connect_tls_failures(void); /* handshakes */
#endif
