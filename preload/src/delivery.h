/* How what was recorded leaves the process: when that is asked for, at the end, and through a file when the end comes
 * without notice. For the sender thread, or for the end of a process that never had one. */
#ifndef HH_DELIVERY_H
#define HH_DELIVERY_H
#include "common.h"
#include "transport/transport.h"

typedef struct hh_delivery {
  const hh_transport *transport; /* open */
  const char *target;            /* for messages */
  uint32_t *heartbeat;           /* counts up as long as there is life in it */
} hh_delivery;

/* Reads all rings and waits until everything is acknowledged, or nothing has been for HEAPHOUND_EXIT_WAIT_MS. 0 or
 * -errno. */
int hh_delivery_flush(const hh_delivery *delivery);
/* The same for the last time. What cannot be delivered is left in HEAPHOUND_SPOOL_DIR, if there is one. Closes the
 * transport. */
void hh_delivery_end(const hh_delivery *delivery);
/* From now on blocks are in a file in HEAPHOUND_SPOOL_DIR as soon as they are closed. */
void hh_delivery_keep_spool(const hh_delivery *delivery);
#endif
