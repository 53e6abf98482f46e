#ifndef HH_TLS_REASON_H
#define HH_TLS_REASON_H
#include <stddef.h>
#include <stdint.h>

enum { HH_TLS_REASON_MAX = 160 };

/* Writes why a handshake failed: mbedTLS's error, its flags about the certificate, the peer's alert (-1 = none). */
void hh_tls_explain(char *out, int error, uint32_t certificate_flags, int alert);
#endif
