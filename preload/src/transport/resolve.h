/* Finds the addresses of a host without libc: getaddrinfo blocks, allocates from the application's heap, loads
 * libraries and holds locks that a fork in another thread would leave locked for ever. Numbers, "localhost",
 * /etc/hosts, then the name servers and search list of /etc/resolv.conf, without ever waiting. One name at a time. */
#ifndef HH_RESOLVE_H
#define HH_RESOLVE_H
#include <stdint.h>

#include "stream.h"

enum { HH_ADDRESSES_MAX = 8 };

/* 1 = known at once, 0 = asked a name server: step until it answers; -errno. */
int hh_resolve_begin(const char *host, uint16_t port, uint64_t now_ms);
int hh_resolve_step(uint64_t now_ms); /* 1, 0 or -errno (-EHOSTUNREACH: no such name; -ETIMEDOUT) */
unsigned hh_resolve_count(void);
const hh_address *hh_resolve_address(unsigned index);
int hh_resolve_fd(void);               /* to poll for reading, -1 = none */
uint64_t hh_resolve_deadline_ms(void); /* when step wants to be called again at the latest */
void hh_resolve_end(void);             /* closes the descriptor; the addresses stay */
#endif
