#include "tls_files.h"

#include <errno.h>
#include <mbedtls/psa_util.h>
#include <string.h>

#include "arena.h"
#include "log.h"
#include "options.h"
#include "sys/sys.h"

enum { LARGEST_FILE = 4 << 20 };

/* Where distributions keep what the system trusts: Debian and Alpine, Fedora, SUSE. */
static const char *const system_stores[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
};

typedef struct text {
  char *at; /* pages */
  size_t size, room;
} text;

static long read_all(int fd, text *file) {
  long got;
  while ((got = hh_sys_read(fd, file->at + file->size, file->room - 1 - file->size)) > 0)
    file->size += (size_t)got; /* a NUL follows: that is how mbedTLS tells PEM from DER */
  return got;
}

/* 0 or -errno; free_text afterwards. */
static int read_text(const char *path, text *out) {
  uint64_t size = 0;
  *out = (text){0};
  int fd = hh_sys_open_read(path);
  if (fd < 0)
    return fd;
  int status = hh_sys_file_size(fd, &size);
  if (status == 0 && size > LARGEST_FILE)
    status = -EFBIG;
  out->room = (size_t)size + 1;
  if (status == 0 && !(out->at = hh_pages(out->room, "heaphound certificates")))
    status = -ENOMEM;
  if (status == 0)
    status = (int)read_all(fd, out);
  hh_sys_close(fd);
  return status;
}

static void free_text(text *file) {
  if (file->at)
    memset(file->at, 0, file->room); /* it may be a key */
  hh_pages_free(file->at, file->room);
}

/* Certificates that mbedTLS cannot read (an unknown curve) are left out, as long as there is one that it can. */
static int parse_certificates(const text *file, mbedtls_x509_crt *out) {
  int failed = mbedtls_x509_crt_parse(out, (const unsigned char *)file->at, file->size + 1);
  return failed >= 0 && out->raw.p ? 0 : -EINVAL;
}

static int read_certificates(const char *path, mbedtls_x509_crt *out) {
  text file;
  int status = read_text(path, &file);
  if (status == 0)
    status = parse_certificates(&file, out);
  free_text(&file);
  return status;
}

static int complain(const char *option, const char *path, int status) {
  if (status)
    hh_log(HH_LOG_ERROR, "%s: cannot use %s (error %d)", option, path, -status);
  return status;
}

int hh_tls_read_authorities(mbedtls_x509_crt *out) {
  int status = -ENOENT;
  if (hh_options.ca_file[0])
    return complain("HEAPHOUND_CA_FILE", hh_options.ca_file, read_certificates(hh_options.ca_file, out));
  for (size_t i = 0; status == -ENOENT && i < sizeof system_stores / sizeof *system_stores; i++)
    status = read_certificates(system_stores[i], out);
  return complain("no HEAPHOUND_CA_FILE", system_stores[0], status);
}

static int read_key(const char *path, mbedtls_pk_context *key) {
  text file;
  int status = read_text(path, &file);
  if (status == 0 && mbedtls_pk_parse_key(key, (const unsigned char *)file.at, file.size + 1, NULL, 0,
                                          mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE))
    status = -EINVAL;
  free_text(&file);
  return status;
}

int hh_tls_read_own(mbedtls_x509_crt *certificate, mbedtls_pk_context *key) {
  if (!hh_options.cert_file[0])
    return 0;
  const char *key_file =
      hh_options.key_file[0] ? hh_options.key_file : hh_options.cert_file; /* one file may hold both */
  int status =
      complain("HEAPHOUND_CERT_FILE", hh_options.cert_file, read_certificates(hh_options.cert_file, certificate));
  if (status == 0)
    status = complain("HEAPHOUND_KEY_FILE", key_file, read_key(key_file, key));
  return status ? status : 1;
}
