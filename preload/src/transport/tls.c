#include "tls.h"

#include <errno.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/ssl.h>
#include <poll.h>
#include <psa/crypto.h>
#include <string.h>

#include "arena.h"
#include "sys/sockets.h"
#include "tls_files.h"
#include "tls_reason.h"

/* One connection. Contexts are large: they are in the sender's heap, only while there is one. */
typedef struct session {
  int fd;
  int socket_error; /* -errno of the last send or receive that failed */
  short wants;
  mbedtls_ssl_context ssl;
  mbedtls_ssl_config config;
  mbedtls_x509_crt authorities, own;
  mbedtls_pk_context key;
} session;

static session *tls;
static char reason[HH_TLS_REASON_MAX];

static int send_bytes(void *context, const unsigned char *data, size_t bytes) {
  session *self = context;
  long sent = hh_sys_send(self->fd, data, bytes);
  if (sent == -EAGAIN || sent == -EINTR)
    return MBEDTLS_ERR_SSL_WANT_WRITE;
  if (sent >= 0)
    return (int)sent;
  self->socket_error = (int)sent;
  return MBEDTLS_ERR_SSL_CONN_EOF;
}

static int receive_bytes(void *context, unsigned char *out, size_t bytes) {
  session *self = context;
  long got = hh_sys_receive(self->fd, out, bytes);
  if (got == -EAGAIN || got == -EINTR)
    return MBEDTLS_ERR_SSL_WANT_READ;
  if (got > 0)
    return (int)got;
  self->socket_error = (int)got;
  return MBEDTLS_ERR_SSL_CONN_EOF;
}

/* The alert lies in the record that came last. */
static int last_alert(void) {
  const mbedtls_ssl_context *ssl = &tls->ssl;
  return ssl->MBEDTLS_PRIVATE(in_msg) ? ssl->MBEDTLS_PRIVATE(in_msg)[1] : -1;
}

static int failed(int error) {
  int alert = error == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE ? last_alert() : -1;
  uint32_t flags = mbedtls_ssl_get_verify_result(&tls->ssl);
  hh_tls_explain(reason, error, flags == UINT32_MAX ? 0 : flags, alert); /* all bits: there was no certificate yet */
  if (error == MBEDTLS_ERR_SSL_CONN_EOF)
    return tls->socket_error ? tls->socket_error : -ECONNRESET;
  return error == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED ? -EKEYREJECTED : -EPROTO;
}

static int set_certificates(void) {
  int status = hh_tls_read_authorities(&tls->authorities);
  if (status)
    return status;
  mbedtls_ssl_conf_ca_chain(&tls->config, &tls->authorities, NULL);
  status = hh_tls_read_own(&tls->own, &tls->key);
  if (status == 1 && mbedtls_ssl_conf_own_cert(&tls->config, &tls->own, &tls->key))
    status = -ENOMEM;
  return status < 0 ? status : 0;
}

static int configure(const char *host) {
  static const char *const protocols[] = {"h2", NULL};
  if (psa_crypto_init() != PSA_SUCCESS ||
      mbedtls_ssl_config_defaults(&tls->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                  MBEDTLS_SSL_PRESET_DEFAULT))
    return -ENOMEM;
  mbedtls_ssl_conf_rng(&tls->config, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
  mbedtls_ssl_conf_authmode(&tls->config, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_alpn_protocols(&tls->config, (const char **)(uintptr_t)protocols);
  int status = set_certificates();
  if (status)
    return status;
  if (mbedtls_ssl_setup(&tls->ssl, &tls->config) || mbedtls_ssl_set_hostname(&tls->ssl, host))
    return -ENOMEM;
  mbedtls_ssl_set_bio(&tls->ssl, tls, send_bytes, receive_bytes, NULL);
  return 0;
}

int hh_tls_begin(int fd, const char *host) {
  static const char no_files[] = "the files with certificates cannot be used";
  hh_tls_end();
  memcpy(reason, no_files, sizeof no_files);
  tls = hh_sender_calloc(1, sizeof *tls);
  if (!tls)
    return -ENOMEM;
  tls->fd = fd;
  tls->wants = POLLOUT;
  mbedtls_ssl_init(&tls->ssl);
  mbedtls_ssl_config_init(&tls->config);
  mbedtls_x509_crt_init(&tls->authorities);
  mbedtls_x509_crt_init(&tls->own);
  mbedtls_pk_init(&tls->key);
  int status = configure(host);
  if (status)
    hh_tls_end();
  return status;
}

/* Authorities are of no use after the handshake, and the system's store is large. */
static void forget_authorities(void) {
  mbedtls_ssl_conf_ca_chain(&tls->config, NULL, NULL);
  mbedtls_x509_crt_free(&tls->authorities);
}

int hh_tls_step(void) {
  if (!tls)
    return -ENOTCONN;
  int status = mbedtls_ssl_handshake(&tls->ssl);
  if (status == MBEDTLS_ERR_SSL_WANT_READ || status == MBEDTLS_ERR_SSL_WANT_WRITE) {
    tls->wants = status == MBEDTLS_ERR_SSL_WANT_READ ? POLLIN : POLLOUT;
    return 0;
  }
  /* Without it the peer may take what we say for something else. mbedTLS leaves that to us. */
  if (status == 0 && !mbedtls_ssl_get_alpn_protocol(&tls->ssl))
    status = MBEDTLS_ERR_SSL_NO_APPLICATION_PROTOCOL;
  if (status)
    return failed(status);
  forget_authorities();
  reason[0] = 0;
  return 1;
}

short hh_tls_wants(void) {
  return tls ? tls->wants : 0;
}

int hh_tls_has_input(void) {
  return tls && mbedtls_ssl_check_pending(&tls->ssl);
}

long hh_tls_send(const void *data, size_t bytes) {
  if (!tls)
    return -ENOTCONN;
  int sent = mbedtls_ssl_write(&tls->ssl, data, bytes);
  if (sent == MBEDTLS_ERR_SSL_WANT_READ || sent == MBEDTLS_ERR_SSL_WANT_WRITE)
    return -EAGAIN;
  return sent < 0 ? failed(sent) : sent;
}

long hh_tls_receive(void *out, size_t bytes) {
  if (!tls)
    return -ENOTCONN;
  int got = mbedtls_ssl_read(&tls->ssl, out, bytes);
  if (got == MBEDTLS_ERR_SSL_WANT_READ || got == MBEDTLS_ERR_SSL_WANT_WRITE)
    return -EAGAIN;
  if (got == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
    return 0;
  return got < 0 ? failed(got) : got;
}

void hh_tls_bid_farewell(void) {
  if (tls && mbedtls_ssl_is_handshake_over(&tls->ssl))
    mbedtls_ssl_close_notify(&tls->ssl);
}

void hh_tls_end(void) {
  if (!tls)
    return;
  mbedtls_ssl_free(&tls->ssl);
  mbedtls_ssl_config_free(&tls->config);
  mbedtls_x509_crt_free(&tls->authorities);
  mbedtls_x509_crt_free(&tls->own);
  mbedtls_pk_free(&tls->key);
  hh_sender_free(tls);
  tls = NULL;
}

void hh_tls_after_fork(void) {
  tls = NULL; /* the sender's heap may have been in use when the process forked: it is left as it is */
  /* Only the slots of keys, of which there are few: their memory is the heap's, which is never unmapped. */
  mbedtls_psa_crypto_free();
}

const char *hh_tls_reason(void) {
  return reason;
}
