/* What the profiler keeps per application thread. Made at a thread's first event; a later thread goes on with the
 * record and the ring of one that is gone. */
#ifndef HH_THREAD_H
#define HH_THREAD_H
#include "common.h"
#include "unwind/unwind.h"

enum { HH_MAX_THREADS = 1 << 16 };
enum hh_thread_state { HH_THREAD_LIVE, HH_THREAD_EXITING };

typedef struct hh_thread {
  /* Written by the application thread. */
  uint64_t *write;     /* where the next event goes; published by a release store */
  uint64_t *limit;     /* slow path from here on */
  uint64_t last_time;  /* of the newest event, ring ticks */
  uintptr_t busy;      /* frame address of the hook at work (guard.h), 0 = none */
  uint64_t events;     /* written so far */
  void *thrower;       /* return address of the hook at work, if it may throw */
  uint64_t *chunk_end; /* of the chunk being written */
  hh_walker walker;
  uint64_t lost_events, lost_bytes; /* ring full */
  uint64_t busy_events;
  uint64_t countdown;            /* bytes before the next one that is hit (sample.h) */
  uint64_t countdown_kept;       /* from before a real function that may call other hooks */
  uint64_t sample_bytes, random; /* the interval that the countdown was drawn with */
  uint64_t lost_samples;         /* no room for their address */
  uint32_t write_chunk;
  int tid;

  /* Written by the sender. */
  uint64_t *read __attribute__((aligned(HH_CACHE_LINE)));
  uint64_t read_time;
  uint64_t last_freed; /* number of the allocation that this thread freed last: what a realloc replaced */
  uint32_t chain;      /* what a realloc has freed and not yet replaced: a note of held.h */
  uint64_t seen_lost_events, seen_lost_bytes, seen_busy_events, seen_lost_samples;
  uint32_t read_chunk;
  uint32_t number; /* on the wire, from 1 by first event; 0 = no event yet */
  int read_tid;    /* of the thread whose events come next */
  bool given_back; /* the memory of what was read, while idle_at is still where it writes */
  uint64_t *idle_at;

  /* Written by both. */
  uint32_t chunks __attribute__((aligned(HH_CACHE_LINE))); /* held by this ring */
  uint32_t state;
  uint32_t index; /* position in the table, from 1 */
  uint32_t next_free;
} hh_thread;

/* The calling thread's, NULL before its first event. The library's only thread-local variable. */
extern __thread hh_thread *hh_self __attribute__((tls_model("initial-exec")));

int hh_threads_init(void); /* 0 or -errno; again after a fork, then all records but the caller's are forgotten */
/* The calling thread's record, made if need be; NULL when there are too many threads or no memory. Keeps errno. */
hh_thread *hh_thread_attach(void);
/* For the sender: records 1 .. hh_threads_count(). */
uint32_t hh_threads_count(void);
hh_thread *hh_thread_at(uint32_t index);
/* By the sender, seldom: makes the record of a thread that ended without telling available. */
void hh_thread_reap(hh_thread *thread);
#endif
