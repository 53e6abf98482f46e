/* Certificates and keys in PEM files. */
#ifndef HH_TLS_FILES_H
#define HH_TLS_FILES_H
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

/* Certificates that may sign the server's: of HEAPHOUND_CA_FILE, else those of the system. 0 or -errno. */
int hh_tls_read_authorities(mbedtls_x509_crt *out);
/* HEAPHOUND_CERT_FILE and HEAPHOUND_KEY_FILE: 1, 0 when none are named, or -errno. */
int hh_tls_read_own(mbedtls_x509_crt *certificate, mbedtls_pk_context *key);
#endif
