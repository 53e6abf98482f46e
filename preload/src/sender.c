#include "sender.h"

#include <errno.h>
#include <pthread.h>
#include <sys/prctl.h>

#include "allocators.h"
#include "arena.h"
#include "block.h"
#include "calls.h"
#include "chunks.h"
#include "compress.h"
#include "delivery.h"
#include "dictionary.h"
#include "libc.h"
#include "log.h"
#include "map_sample.h"
#include "match.h"
#include "merge.h"
#include "mode.h"
#include "options.h"
#include "spool.h"
#include "spool_file.h"
#include "stack_numbers.h"
#include "sys/descriptors.h"
#include "sys/sys.h"
#include "sys/syscall.h"
#include "thread.h"
#include "thread_names.h"

enum { STACK_BYTES = 256 << 10, SPARE_CHUNKS = 4 };
#define MS                ((uint64_t)1000000)
#define BLOCK_AGE_NS      (400 * MS)
#define KEPT_BLOCK_AGE_NS (200 * MS)
#define SHORTEST_NS       (1 * MS)
#define LONGEST_BUSY_NS   (16 * MS)
#define LONGEST_IDLE_NS   (100 * MS)
#define HOUSEKEEPING_NS   (1000 * MS)

/* Bytes per pass between which the sleep stays as it is. */
enum { LITTLE = 64 << 10, MUCH = 256 << 10 };

enum { NOT_STARTED, STARTED };

static struct {
  hh_delivery delivery;
  uint32_t started;
  uint32_t wake, sleeping;         /* futex; 1 while it waits there */
  uint32_t finish_asked, finished; /* futex */
  uint32_t parked;                 /* 1: its next system call is its last */
  int tid;
  uint32_t syncs_asked, syncs_done; /* futex */
  int sync_result;
  uint32_t heartbeat; /* one per round */
  bool memory_ready, prepared, transport_open;
} sender;

void hh_sender_choose(const hh_transport *transport, const char *target) {
  sender.delivery = (hh_delivery){.transport = transport, .target = target, .heartbeat = &sender.heartbeat};
}

bool hh_sender_started(void) {
  return __atomic_load_n(&sender.started, __ATOMIC_ACQUIRE) == STARTED;
}

/* ---- what the thread needs, or the end of a process that never got one */

static int prepare_memory(void) {
  int (*const parts[])(void) = {hh_stack_numbers_init, hh_thread_names_init, hh_dictionary_init, hh_compress_init,
                                hh_match_init,         hh_merge_init,        hh_block_init};
  int status = 0;
  if (sender.memory_ready)
    return 0; /* in a forked child: the parent's, cleared */
  for (size_t i = 0; i < sizeof parts / sizeof *parts && status == 0; i++)
    status = parts[i]();
  sender.memory_ready = status == 0;
  return status;
}

static int prepare(void) {
  if (sender.prepared)
    return 0;
  sender.prepared = true;
  int status = prepare_memory();
  if (status == 0)
    status = hh_spool_init(hh_options.spool_bytes);
  if (status == 0)
    status = sender.delivery.transport->open(sender.delivery.target);
  sender.transport_open = status == 0;
  if (status)
    hh_log(HH_LOG_ERROR, "cannot start sending to %s: error %d", sender.delivery.target, -status);
  return status;
}

/* ---- the thread */

static void finish(void) {
  if (sender.transport_open)
    hh_delivery_end(&sender.delivery);
}

/* Memory that a burst needed goes back when it was not needed again for a while. */
static void housekeeping(void) {
  hh_merge_reap();
  hh_chunks_trim(hh_merge_peak_chunks() + SPARE_CHUNKS);
}

static void sleep_for(uint64_t ns) {
  uint32_t seen = __atomic_load_n(&sender.wake, __ATOMIC_ACQUIRE);
  __atomic_store_n(&sender.sleeping, 1, __ATOMIC_SEQ_CST);
  if (!__atomic_load_n(&sender.finish_asked, __ATOMIC_SEQ_CST) &&
      __atomic_load_n(&sender.syncs_asked, __ATOMIC_SEQ_CST) == sender.syncs_done)
    hh_sys_futex_wait(&sender.wake, seen, ns);
  __atomic_store_n(&sender.sleeping, 0, __ATOMIC_RELAXED);
}

static uint64_t next_sleep(uint64_t ns, uint64_t bytes) {
  if (bytes > MUCH)
    ns = ns * 2 / 3;
  else if (bytes < LITTLE)
    ns = ns * 5 / 4;
  uint64_t longest = bytes ? LONGEST_BUSY_NS : LONGEST_IDLE_NS;
  if (ns > longest)
    ns = longest;
  return ns < SHORTEST_NS ? SHORTEST_NS : ns;
}

static uint64_t transport_wish(uint64_t ns) {
  int ms = sender.delivery.transport->timeout_ms();
  return ms >= 0 && (uint64_t)ms * MS < ns ? (uint64_t)ms * MS : ns;
}

static void answer_syncs(void) {
  uint32_t asked = __atomic_load_n(&sender.syncs_asked, __ATOMIC_ACQUIRE);
  if (asked == sender.syncs_done)
    return;
  sender.sync_result = hh_delivery_flush(&sender.delivery);
  __atomic_store_n(&sender.syncs_done, asked, __ATOMIC_RELEASE);
  hh_sys_futex_wake(&sender.syncs_done, INT32_MAX);
}

static void work(void) {
  uint64_t sleep_ns = SHORTEST_NS, kept_ns = hh_sys_monotonic_ns();
  while (!__atomic_load_n(&sender.finish_asked, __ATOMIC_ACQUIRE)) {
    uint64_t began_unix_ns = hh_sys_unix_ns(), block_age_ns = hh_spool_is_kept() ? KEPT_BLOCK_AGE_NS : BLOCK_AGE_NS;
    uint64_t bytes = hh_merge_pass(false);
    hh_mode_work();
    uint64_t now = hh_sys_monotonic_ns();
    hh_match_close_block(block_age_ns);
    hh_spool_file_alive(began_unix_ns - block_age_ns);
    sender.delivery.transport->pump();
    answer_syncs();
    __atomic_fetch_add(&sender.heartbeat, 1, __ATOMIC_RELAXED);
    if (now - kept_ns >= HOUSEKEEPING_NS) {
      housekeeping();
      kept_ns = now;
    }
    sleep_ns = next_sleep(sleep_ns, bytes);
    sleep_for(transport_wish(sleep_ns));
  }
}

static void *run(void *unused) {
  /* What libc allocates on this thread's behalf is ours, not the application's. */
  static hh_thread self;
  self.busy = 1;
  hh_self = &self;
  sender.tid = hh_sys_tid();
  hh_syscall3(SYS_prctl, PR_SET_NAME, (long)"heaphound", 0);
  if (hh_sys_own_descriptors(hh_log_level > HH_LOG_OFF) != 0)
    hh_log(HH_LOG_DEBUG, "the kernel has no close_range: descriptors are shared with the program");
  if (prepare() == 0) {
    hh_delivery_keep_spool(&sender.delivery);
    work();
  } else
    hh_disable("the sender cannot work");
  finish();
  __atomic_store_n(&sender.finished, 1, __ATOMIC_RELEASE);
  hh_sys_futex_wake(&sender.finished, INT32_MAX);
  __atomic_store_n(&sender.parked, 1, __ATOMIC_RELEASE);
  /* Never ends: libc would free this thread's memory through the application's allocator. */
  for (;;)
    hh_sys_futex_wait(&sender.finished, 1, UINT64_MAX); /* one call: a filter may come that forbids the next */
  return unused;
}

static int create(size_t stack_bytes) {
  pthread_t thread;
  pthread_attr_t attributes;
  if (!hh_libc.pthread_create)
    return -ENOSYS;
  if (hh_libc.pthread_attr_init(&attributes) != 0)
    return -ENOMEM;
  hh_libc.pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (stack_bytes)
    hh_libc.pthread_attr_setstacksize(&attributes, stack_bytes);
  int status = hh_libc.pthread_create(&thread, &attributes, run, NULL);
  hh_libc.pthread_attr_destroy(&attributes);
  return -status;
}

int hh_sender_start(void) {
  uint32_t expected = NOT_STARTED;
  if (!__atomic_compare_exchange_n(&sender.started, &expected, STARTED, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return 0;
  int status = create(STACK_BYTES);
  if (status == -EINVAL)
    status = create(0); /* the program's thread-local data alone is larger than that */
  if (status) {
    __atomic_store_n(&sender.finished, 1, __ATOMIC_RELEASE);
    hh_log(HH_LOG_ERROR, "cannot create the sender thread: error %d", -status);
  }
  return status;
}

/* ---- what other threads ask */

void hh_sender_nudge(void) {
  if (!__atomic_exchange_n(&sender.sleeping, 0, __ATOMIC_SEQ_CST))
    return;
  __atomic_fetch_add(&sender.wake, 1, __ATOMIC_RELEASE);
  hh_sys_futex_wake(&sender.wake, 1);
}

/* Waits while *word differs from `wanted` and the thread shows signs of life. */
static bool wait_until(uint32_t *word, uint32_t wanted) {
  enum { SILENT_ROUNDS = 100 };
  uint32_t heartbeat = 0;
  for (int silent = 0; silent < SILENT_ROUNDS; silent++) {
    uint32_t is = __atomic_load_n(word, __ATOMIC_ACQUIRE);
    if ((int32_t)(is - wanted) >= 0)
      return true;
    hh_sys_futex_wait(word, is, 100 * MS);
    uint32_t beats = __atomic_load_n(&sender.heartbeat, __ATOMIC_RELAXED);
    if (beats != heartbeat)
      silent = 0;
    heartbeat = beats;
  }
  return false;
}

void hh_sender_finish(void) {
  if (!hh_sender_started()) {
    __atomic_store_n(&sender.started, STARTED, __ATOMIC_RELEASE);
    prepare();
    finish();
    return;
  }
  __atomic_store_n(&sender.finish_asked, 1, __ATOMIC_SEQ_CST);
  hh_sender_nudge();
  wait_until(&sender.finished, 1);
}

void hh_sender_await_rest(void) {
  enum { TRIES = 1000 };
  if (!hh_sender_started() || !sender.tid)
    return;
  uint32_t never = 0;
  for (int i = 0; i < TRIES; i++) {
    if (__atomic_load_n(&sender.parked, __ATOMIC_ACQUIRE) && hh_sys_thread_sleeps(sender.tid))
      return;
    hh_sys_futex_wait(&never, 0, 1 * MS);
  }
}

int hh_sender_sync(void) {
  uint32_t mine = __atomic_add_fetch(&sender.syncs_asked, 1, __ATOMIC_SEQ_CST);
  hh_sender_nudge();
  if (!wait_until(&sender.syncs_done, mine))
    return -ETIMEDOUT;
  return sender.sync_result;
}

static void clear_memory(void) {
  if (!sender.memory_ready)
    return;
  hh_merge_clear();
  hh_match_clear();
  hh_compress_clear();
  hh_stack_numbers_clear();
  hh_dictionary_clear();
  hh_thread_names_init();
}

void hh_sender_after_fork(bool profiled) {
  if (sender.prepared)
    sender.delivery.transport->after_fork();
  hh_spool_forget();
  sender.started = NOT_STARTED;
  sender.wake = sender.sleeping = sender.finish_asked = sender.finished = sender.parked = 0;
  sender.tid = 0;
  sender.syncs_asked = sender.syncs_done = 0;
  hh_calls_clear();
  hh_allocators_clear();
  hh_map_sample_clear();
  if (!profiled)
    return;
  hh_sender_heap_forget();
  clear_memory();
  hh_match_inherited();
  sender.prepared = sender.transport_open = false;
}
