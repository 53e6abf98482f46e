/* The sender thread: reads the rings, matches, encodes, and moves the spool through the transport. Made only once the
 * process has earned it. */
#ifndef HH_SENDER_H
#define HH_SENDER_H
#include "common.h"
#include "transport/transport.h"

void hh_sender_choose(const hh_transport *transport, const char *target);
bool hh_sender_started(void);
/* Starts the thread, with the caller's signal mask. 0 or -errno. */
int hh_sender_start(void);
/* Wakes it if it sleeps. Async-signal-safe. */
void hh_sender_nudge(void);
/* Delivers everything that was recorded and ends the stream. Waits as options.def says. Without a thread the caller
 * does the work itself. */
void hh_sender_finish(void);
/* After that: until the thread, if there is one, has made its last system call. */
void hh_sender_await_rest(void);
/* The thread runs: delivers everything that was recorded so far. 0, or -errno when it is not acknowledged in time. */
int hh_sender_sync(void);
/* In a forked child: there is no thread any more. `profiled`: begin anew. */
void hh_sender_after_fork(bool profiled);
#endif
