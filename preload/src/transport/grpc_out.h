/* What goes to the ingester, as the body of the gRPC call: Hello; after Welcome the Dictionary, then blocks from the
 * spool with chunks of binaries between them; at the end Goodbye. Read piece by piece as HTTP/2 has room. */
#ifndef HH_GRPC_OUT_H
#define HH_GRPC_OUT_H
#include <stddef.h>
#include <stdint.h>

/* What the next stream is about: this process, or (1) the ended one whose spool file is open. */
void hh_grpc_out_serve_dead(int dead);
void hh_grpc_out_begin(void);                     /* a new stream: Hello comes next */
int hh_grpc_out_welcome(uint64_t acked_sequence); /* 0, or -EPROTO when it cannot be so */
int hh_grpc_out_ack(uint64_t sequence);           /* 0, or -EPROTO for a block that was never sent */
void hh_grpc_out_goodbye(void);                   /* Goodbye comes next, then the end; only after Welcome */
int hh_grpc_out_ready(void);                      /* would read give anything? */
size_t hh_grpc_out_read(uint8_t *out, size_t room, int *end);
void hh_grpc_out_forget(void); /* in a forked child: nothing was ever sent */
int hh_grpc_out_welcomed(void);
int hh_grpc_out_broken(void);   /* a block could not be read back: the next stream begins behind it */
int hh_grpc_out_finished(void); /* Goodbye is out */
#endif
