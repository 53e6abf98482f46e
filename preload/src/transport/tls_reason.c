#include "tls_reason.h"

#include <mbedtls/ssl.h>
#include <mbedtls/x509.h>
#include <string.h>

typedef struct phrase {
  int value;
  const char *text;
} phrase;

static const phrase certificate_phrases[] = {
    {MBEDTLS_X509_BADCERT_EXPIRED, "the server's certificate has expired"},
    {MBEDTLS_X509_BADCERT_FUTURE, "the server's certificate is not valid yet: is the clock right?"},
    {MBEDTLS_X509_BADCERT_CN_MISMATCH, "the server's certificate is for another host"},
    {MBEDTLS_X509_BADCERT_NOT_TRUSTED,
     "the server's certificate is signed by an unknown authority: see HEAPHOUND_CA_FILE"},
    {MBEDTLS_X509_BADCERT_EXT_KEY_USAGE, "the certificate is not for servers"},
    {MBEDTLS_X509_BADCERT_KEY_USAGE, "the certificate may not be used like this"},
    {MBEDTLS_X509_BADCERT_BAD_MD, "the certificate is signed with a weak hash"},
    {MBEDTLS_X509_BADCERT_BAD_PK, "the certificate is signed in a way that is not accepted"},
    {MBEDTLS_X509_BADCERT_BAD_KEY, "the certificate's key is too weak"},
};

/* Alerts of the peer (RFC 8446, 6.2). */
static const phrase alerts[] = {
    {40, "the server finds nothing in common (handshake_failure)"},
    {42, "the server does not accept our certificate (bad_certificate)"},
    {45, "the server says that our certificate has expired"},
    {46, "the server does not accept our certificate (certificate_unknown)"},
    {48, "the server does not know who signed our certificate (unknown_ca)"},
    {70, "the server wants another version of TLS (protocol_version)"},
    {112, "the server does not know the host that we ask for (unrecognized_name)"},
    {116, "the server wants a certificate of ours: see HEAPHOUND_CERT_FILE"},
    {120, "the server does not speak HTTP/2 (no_application_protocol)"},
};

static const phrase errors[] = {
    {MBEDTLS_ERR_SSL_CONN_EOF, "the server closed the connection"},
    {MBEDTLS_ERR_SSL_INVALID_RECORD, "what the server sends is no TLS"},
    {MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION, "the server wants another version of TLS"},
    {MBEDTLS_ERR_SSL_INVALID_MAC, "a record was damaged on its way"},
    {MBEDTLS_ERR_SSL_NO_APPLICATION_PROTOCOL, "the server does not speak HTTP/2 (no ALPN)"},
    {MBEDTLS_ERR_SSL_ALLOC_FAILED, "there is no memory for it"},
    {MBEDTLS_ERR_SSL_BAD_CERTIFICATE, "the server's certificate cannot be used"},
    {MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE, "the server sends a message that does not belong here"},
};

static const char *look_up(const phrase *phrases, size_t count, int value) {
  for (size_t i = 0; i < count; i++)
    if (phrases[i].value == value)
      return phrases[i].text;
  return NULL;
}

static void append(char *out, const char *text) {
  size_t used = strlen(out), size = strlen(text);
  if (used + size >= HH_TLS_REASON_MAX)
    size = HH_TLS_REASON_MAX - 1 - used;
  memcpy(out + used, text, size);
  out[used + size] = 0;
}

static void append_number(char *out, const char *before, unsigned number) {
  char digits[9], *at = digits + sizeof digits - 1;
  *at = 0;
  do
    *--at = "0123456789abcdef"[number & 15];
  while ((number >>= 4) && at > digits);
  append(out, before);
  append(out, at);
}

static void explain_certificate(char *out, uint32_t flags) {
  for (size_t i = 0; i < sizeof certificate_phrases / sizeof *certificate_phrases; i++) {
    if (!(flags & (uint32_t)certificate_phrases[i].value))
      continue;
    append(out, *out ? ", and " : "");
    append(out, certificate_phrases[i].text);
  }
  if (!*out)
    append_number(out, "the server's certificate is not accepted: flags 0x", flags);
}

void hh_tls_explain(char *out, int error, uint32_t certificate_flags, int alert) {
  const char *text = NULL;
  *out = 0;
  if (error == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || (error == MBEDTLS_ERR_SSL_BAD_CERTIFICATE && certificate_flags)) {
    explain_certificate(out, certificate_flags);
    return;
  }
  if (error == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE && alert >= 0) {
    text = look_up(alerts, sizeof alerts / sizeof *alerts, alert);
    if (!text)
      append_number(out, "the server ended it with alert 0x", (unsigned)alert);
  } else {
    text = look_up(errors, sizeof errors / sizeof *errors, error);
    if (!text)
      append_number(out, "TLS failed: -0x", (unsigned)-error);
  }
  if (text)
    append(out, text);
}
