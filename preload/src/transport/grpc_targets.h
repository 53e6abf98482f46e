/* HEAPHOUND_SERVER: https://HOST:PORT, HOST:PORT, [IPV6]:PORT or unix:PATH, several separated by commas. */
#ifndef HH_GRPC_TARGETS_H
#define HH_GRPC_TARGETS_H
#include <stdint.h>

enum { HH_TARGETS_MAX = 8, HH_HOST_MAX = 256, HH_DEFAULT_PORT = 7411 };

typedef struct hh_target {
  int is_local;  /* host is the path of a Unix socket */
  int is_secure; /* TLS */
  uint16_t port;
  char host[HH_HOST_MAX];          /* without brackets */
  char authority[HH_HOST_MAX + 8]; /* as HTTP wants it */
} hh_target;

typedef struct hh_targets {
  unsigned count;
  unsigned refused; /* not usable: a malformed one, or more than fit. Each is logged. */
  hh_target target[HH_TARGETS_MAX];
} hh_targets;

/* 0 when at least one can be used, else -EINVAL. */
int hh_targets_parse(const char *list, hh_targets *out);
#endif
