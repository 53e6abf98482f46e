/* Keeps nothing: everything put into the spool counts as acknowledged. For measurements. */
#include <stddef.h>

#include "../spool.h"
#include "transport.h"

static int null_open(const char *target) {
  (void)target;
  return 0;
}

static void null_pump(void) {
  hh_spool_release(hh_spool_last());
}

static int null_poll_fd(short *events) {
  *events = 0;
  return -1;
}

static int null_timeout_ms(void) {
  return -1;
}

static int null_drained(void) {
  return 1;
}

static void null_nothing(void) {}

const hh_transport hh_transport_null = {
    .name = "null",
    .open = null_open,
    .pump = null_pump,
    .poll_fd = null_poll_fd,
    .timeout_ms = null_timeout_ms,
    .drained = null_drained,
    .close = null_nothing,
    .after_fork = null_nothing,
};
