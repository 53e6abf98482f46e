#include "delivery.h"

#include <errno.h>
#include <poll.h>

#include "calls.h"
#include "clock.h"
#include "log.h"
#include "match.h"
#include "merge.h"
#include "options.h"
#include "process.h"
#include "spool.h"
#include "spool_file.h"
#include "spool_files.h"
#include "sys/sockets.h"
#include "sys/sys.h"

#define MS           ((uint64_t)1000000)
#define UNREACHED_NS (1000 * MS) /* the longest that a server which was never there holds up the end */
/* The longest wait at the end when there is a directory for what is left: a small part of the process's life. */
#define HANDOVER_LEAST_NS (1 * MS)
#define HANDOVER_MOST_NS  (50 * MS)
#define HANDOVER_PART     32
#define POLL_NS           (5 * MS)

static void wait_for(const hh_transport *transport, uint64_t longest_ns) {
  short events = 0;
  int fd = transport->poll_fd(&events);
  struct pollfd descriptor = {.fd = fd, .events = events};
  hh_sys_poll(&descriptor, descriptor.fd >= 0, (long)(longest_ns < POLL_NS ? longest_ns / MS + 1 : POLL_NS / MS));
}

/* Until everything is acknowledged, or nothing has been for too long, or `longest_ns` are over. */
static int deliver(const hh_delivery *delivery, uint64_t longest_ns) {
  const hh_transport *transport = delivery->transport;
  uint64_t started_ns = hh_sys_monotonic_ns(), progress_ns = started_ns, acked = hh_spool_acked();
  for (;;) {
    transport->pump();
    __atomic_fetch_add(delivery->heartbeat, 1, __ATOMIC_RELAXED);
    int status = transport->drained();
    if (status == 1)
      return 0;
    uint64_t now = hh_sys_monotonic_ns(), patience = hh_options.exit_wait_ms * MS;
    if (hh_spool_acked() != acked) {
      acked = hh_spool_acked();
      progress_ns = now;
    }
    if (status < 0 && patience > UNREACHED_NS)
      patience = UNREACHED_NS;
    if (now - progress_ns >= patience || now - started_ns >= longest_ns)
      return status < 0 ? status : -ETIMEDOUT;
    wait_for(transport, longest_ns - (now - started_ns));
  }
}

static void read_everything(void) {
  enum { PASSES = 4 }; /* at least as many as make a parked block give up; other threads may go on writing */
  for (int i = 0; i < PASSES; i++)
    hh_merge_pass(true);
  hh_match_release_held();
  hh_match_close_block(0);
  for (int i = 0; i < PASSES && hh_calls_pending(); i++) /* more than one block takes */
    hh_match_close_block(0);
}

int hh_delivery_flush(const hh_delivery *delivery) {
  read_everything();
  return deliver(delivery, UINT64_MAX);
}

static uint64_t handover_ns(void) {
  uint64_t ns = (hh_sys_monotonic_ns() - hh_clock.monotonic_base_ns) / HANDOVER_PART;
  if (ns > HANDOVER_MOST_NS)
    return HANDOVER_MOST_NS;
  return ns < HANDOVER_LEAST_NS ? HANDOVER_LEAST_NS : ns;
}

/* A pod that is done takes its directory along: only the next start of a container would find what is left there. */
static bool somebody_collects(void) {
  return !hh_options.pod_name[0];
}

/* The directory is bounded too: a full volume may cost more than this process its life. */
static int keep(void) {
  enum { SMALLEST = 1 << 20 };
  uint64_t used = hh_spool_files_bytes(hh_options.spool_dir), most = hh_options.spool_dir_bytes;
  uint64_t bytes = used < most ? (most - used) / 2 : 0; /* the other half is for those that come */
  if (bytes > hh_options.spool_bytes)
    bytes = hh_options.spool_bytes;
  return bytes < SMALLEST ? -ENOSPC : hh_spool_keep(hh_options.spool_dir, hh_identity.key, bytes);
}

void hh_delivery_end(const hh_delivery *delivery) {
  const hh_transport *transport = delivery->transport;
  bool hand_over = hh_options.spool_dir[0] && transport == &hh_transport_grpc;
  read_everything();
  int status = deliver(delivery, hand_over && somebody_collects() ? handover_ns() : UINT64_MAX);
  if (status && hand_over) {
    int kept = hh_spool_is_kept() ? 0 : keep();
    if (kept == 0) {
      hh_spool_file_end(hh_process_end_reason(), hh_process_ended_unix_ns());
      transport->after_fork(); /* leaves without Goodbye: what it says is in the file */
      return;
    }
    hh_log(HH_LOG_ERROR, "cannot leave a spool file in %s: error %d", hh_options.spool_dir, -kept);
    status = deliver(delivery, UINT64_MAX);
  }
  if (status)
    hh_log(HH_LOG_ERROR, "%s: not everything was delivered: error %d; is the ingester up?", delivery->target, -status);
  transport->close();
  if (status == 0)
    hh_spool_file_remove();
}

/* Blocks that survive the process are closed sooner: what is not in one is lost when it is killed. */
void hh_delivery_keep_spool(const hh_delivery *delivery) {
  if (!hh_options.spool_dir[0] || delivery->transport != &hh_transport_grpc)
    return;
  int status = keep();
  if (status)
    hh_log(HH_LOG_ERROR,
           "HEAPHOUND_SPOOL_DIR: no spool file in %s (error %d): what is not sent is lost if the process "
           "is killed",
           hh_options.spool_dir, -status);
}
