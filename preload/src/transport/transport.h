/* Moves the spool's blocks to where they are kept. The sender thread alone calls these; nothing here blocks longer than
 * asked, and nothing that fails here reaches the application. */
#ifndef HH_TRANSPORT_H
#define HH_TRANSPORT_H
#include <stddef.h>
#include <stdint.h>

typedef struct hh_transport {
  const char *name;                /* "grpc", "file", "null" */
  int (*open)(const char *target); /* 0 or -errno; does not wait for a peer */
  /* Send what the spool holds, read what came, reconnect with jittered backoff when due. Never blocks. */
  void (*pump)(void);
  /* For poll(2) while the sender sleeps: descriptor (-1 = none) and wanted events. */
  int (*poll_fd)(short *events);
  /* Milliseconds until pump wants to be called without the descriptor being ready; -1 = no wish. */
  int (*timeout_ms)(void);
  /* 1 when everything put so far is acknowledged (or written) and no binary is being sent, 0 while under way or while a
   * server that was reached before is away, -errno when there was never one, or it rejects us. */
  int (*drained)(void);
  void (*close)(void); /* sends Goodbye if it can do so at once */
  /* In a forked child: drop descriptors without touching the peer. */
  void (*after_fork)(void);
} hh_transport;

extern const hh_transport hh_transport_grpc, hh_transport_file, hh_transport_null;

/* What a transport asks of the sender (messages.c). Each returns the size of an encoded ClientMessage in *message,
 * which stays valid until the next call. */
size_t hh_message_hello(const uint8_t **message);
/* Part `index` (0, 1, ...) of what acknowledged blocks defined; 0 = no more parts. */
size_t hh_message_dictionary(uint32_t index, const uint8_t **message);
size_t hh_message_goodbye(const uint8_t **message);
#endif
