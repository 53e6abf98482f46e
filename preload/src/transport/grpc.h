/* What the gRPC transport has done so far; for logs and tests. */
#ifndef HH_GRPC_H
#define HH_GRPC_H
#include <stdint.h>

typedef struct hh_grpc_counters {
  uint64_t connections;           /* that reached Welcome */
  uint64_t failures;              /* connections lost, refused, or ended by an error */
  uint64_t closed_by_application; /* our descriptor was closed or replaced under us */
  uint64_t protocol_errors;       /* answers that break the protocol */
  uint64_t refused_targets;       /* servers in HEAPHOUND_SERVER that cannot be used */
  uint64_t tls_failures;          /* handshakes that did not succeed; the log says why */
  uint64_t sent_bytes;
  uint64_t received_bytes;
} hh_grpc_counters;

hh_grpc_counters hh_grpc_counts(void);
#endif
