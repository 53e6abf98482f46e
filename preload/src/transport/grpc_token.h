#ifndef HH_GRPC_TOKEN_H
#define HH_GRPC_TOKEN_H
#include <stddef.h>

enum { HH_AUTHORIZATION_MAX = 16 << 10 };

/* Reads HEAPHOUND_TOKEN_FILE as the value of the header "authorization" into out (HH_AUTHORIZATION_MAX). Read for each
 * connection: Kubernetes replaces projected tokens while the pod runs. 0 (out is empty without a file) or -errno. */
int hh_grpc_authorization(const char *path, char *out);
#endif
