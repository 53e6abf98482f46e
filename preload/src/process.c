#include "process.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "allocators.h"
#include "bytehound_names.h"
#include "calls.h"
#include "chunks.h"
#include "clock.h"
#include "environment.h"
#include "exec.h"
#include "exec_environment.h"
#include "guard.h"
#include "hooks_map.h"
#include "libc.h"
#include "lifecycle.h"
#include "log.h"
#include "mode.h"
#include "options.h"
#include "real.h"
#include "ring.h"
#include "sample.h"
#include "sandbox.h"
#include "sender.h"
#include "signals.h"
#include "stacks.h"
#include "surroundings.h"
#include "sys/sys.h"
#include "sys/syscall.h"
#include "thread.h"
#include "unwind/unwind.h"
#include "wake.h"

extern char **environ;

enum { PAGE = 4096 };
#define EARN_AFTER_NS ((uint64_t)100 * 1000 * 1000)

/* Nothing else may lie on this page. */
static union {
  hh_gate_page gate;
  char page[PAGE];
} gate_page __attribute__((aligned(PAGE), used));
extern hh_gate_page hh_gate __attribute__((alias("gate_page")));

hh_process_identity hh_identity;

enum { NEW, BEGINNING, ON, OFF };
static uint32_t state;
static bool loaded; /* our constructor has run: libc's thread functions work */
static bool follow_children;
static uint64_t started_ns;
static enum hh_end end_reason;
static uint64_t ended_unix_ns;

/* ---- the beginning */

static int read_options(void) {
  const char *bad = NULL;
  hh_bytehound_read(environ);
  int status = hh_options_read(environ, &bad);
  if (status == 0)
    status = hh_mode_init(&bad);
  static const char *const levels[] = {"off", "error", "info", "debug"};
  for (int level = HH_LOG_OFF; level <= HH_LOG_DEBUG; level++)
    if (strcmp(hh_options.log, levels[level]) == 0)
      hh_log_level = level;
  if (status)
    hh_log(HH_LOG_ERROR, "nothing is profiled: %s makes no sense; see docs/reference/options.md", bad);
  return status;
}

static bool choose_transport(void) {
  if (strcmp(hh_options.output, "null:") == 0)
    hh_sender_choose(&hh_transport_null, "null:"); /* for measurements */
  else if (hh_options.output[0])
    hh_sender_choose(&hh_transport_file, hh_options.output);
  else if (hh_options.server[0])
    hh_sender_choose(&hh_transport_grpc, hh_options.server);
  else
    return false;
  return true;
}

static uint64_t parse_key(const char *hex) {
  uint64_t key = 0;
  for (; *hex; hex++)
    key = key << 4 | (uint64_t)(*hex <= '9' ? *hex - '0' : (*hex | 32) - 'a' + 10);
  return key;
}

static void identify(uint64_t parent_key) {
  hh_identity = (hh_process_identity){
      .parent_key = parent_key,
      .started_unix_ns = hh_sys_unix_ns(),
      .pid = hh_sys_pid(),
      .parent_pid = hh_sys_parent_pid(),
  };
  if (hh_sys_random(&hh_identity.key, sizeof hh_identity.key) != 0 || hh_identity.key == 0)
    hh_identity.key = hh_identity.started_unix_ns << 20 ^ (uint64_t)hh_identity.pid;
  started_ns = hh_sys_monotonic_ns();
}

/* Is this one of the processes that the options ask for? */
static bool is_chosen(void) {
  follow_children = strcmp(hh_options.follow, "children") == 0;
  if (follow_children || hh_options.profiled_pid == 0 || hh_options.profiled_pid == (uint64_t)hh_sys_pid())
    return true;
  hh_environment_leave_preload(); /* nor are those that it starts */
  return false;
}

static void mark_children(void) {
  if (follow_children)
    hh_environment_set_parent(hh_identity.key);
  else
    hh_environment_set_pid(hh_identity.pid);
}

static int prepare_hooks(void) {
  hh_clock_init();
  hh_ring_free_stacks = hh_options.free_stacks;
  hh_ring_thread_chunks = (uint32_t)(hh_options.ring_bytes / HH_CHUNK_BYTES / 2);
  int status = hh_chunks_init(hh_options.ring_bytes);
  if (status == 0)
    status = hh_stacks_init();
  if (status == 0)
    status = hh_unwind_init();
  if (status == 0)
    status = hh_sample_set_init();
  if (status == 0)
    status = hh_threads_init();
  hh_sample_init();
  return status;
}

static void open_gate(void) {
  hh_syscall3(SYS_madvise, (long)&gate_page, PAGE, MADV_WIPEONFORK);
  hh_gate.alive = 1;
  __atomic_store_n(&hh_gate.recording, hh_mode_first_recording(), __ATOMIC_RELEASE);
}

static bool begin(void) {
  if (read_options() != 0 || hh_options.disabled || !choose_transport() || !is_chosen())
    return false;
  const char *forbidden = hh_surroundings_forbid();
  if (forbidden) {
    hh_log(HH_LOG_ERROR, "nothing is profiled: %s", forbidden);
    return false;
  }
  hh_surroundings_fit_options();
  identify(parse_key(hh_options.parent_process));
  int status = hh_exec_environment_init();
  mark_children();
  if (status == 0)
    status = prepare_hooks();
  if (status) {
    hh_log(HH_LOG_ERROR, "nothing is profiled: error %d while starting", -status);
    return false;
  }
  hh_lifecycle_watch();
  open_gate();
  return true;
}

/* A dormant process gets its sender thread, which can wake it. */
static void end_waiting(void) {
  hh_process_earned();
  uint32_t waiting = HH_RECORD_WAITING;
  if (hh_sender_started())
    __atomic_compare_exchange_n(&hh_gate.recording, &waiting, HH_RECORD_DORMANT, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
}

static HH_COLD void wait_longer(void) {
  if (hh_process_is_due(0))
    end_waiting();
}

bool hh_process_wake(void) {
  if (hh_gate.recording == HH_RECORD_WAITING && !(hh_self && hh_self->busy))
    wait_longer();
  uint32_t expected = NEW;
  if (HH_UNLIKELY(__atomic_load_n(&state, __ATOMIC_ACQUIRE) == NEW && hh_libc_lacks())) {
    __atomic_store_n(&state, OFF, __ATOMIC_RELEASE); /* before anything that might need it, the options included */
    return false;
  }
  /* Before libc is initialised there is no environment. */
  if (HH_LIKELY(__atomic_load_n(&state, __ATOMIC_ACQUIRE) != NEW) || !environ || !hh_real_resolve() ||
      !__atomic_compare_exchange_n(&state, &expected, BEGINNING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return false;
  int saved_errno = errno;
  hh_unwind_note_main_stack(environ); /* before it is moved */
  hh_environment_resolve();
  __atomic_store_n(&state, begin() ? ON : OFF, __ATOMIC_RELEASE);
  errno = saved_errno;
  return hh_records(hh_gate.recording);
}

static __attribute__((constructor)) void constructor(void) {
  hh_libc_load();
  hh_real_resolve();
  hh_lifecycle_resolve();
  hh_hooks_map_resolve();
  hh_signals_resolve();
  hh_exec_resolve();
  hh_sandbox_resolve();
  hh_process_wake();
  if (hh_gate.alive)
    hh_allocators_find();
  loaded = true;
  if (hh_gate.alive && hh_options.signals)
    hh_signals_watch();
  if (hh_gate.recording == HH_RECORD_WAITING && hh_wake_wanted())
    end_waiting(); /* it may never allocate again */
}

/* ---- the sender thread */

uint64_t hh_process_age_ns(void) {
  return hh_sys_monotonic_ns() - started_ns;
}

bool hh_process_is_due(uint64_t now) {
  (void)now;
  return !hh_sender_started() && hh_process_age_ns() >= EARN_AFTER_NS;
}

/* The thread must not run the application's signal handlers; libc keeps the signals that it needs itself out of the
 * set. Nor may one run here: what libc allocates for the thread is not the application's, what a handler does is. */
static int start_quietly(void) {
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  hh_thread *self = hh_self;
  uintptr_t busy = self ? self->busy : 0;
  if (self)
    self->busy = busy | HH_BUSY_QUIET;
  int status = hh_sender_start();
  if (self)
    self->busy = busy;
  sigprocmask(SIG_SETMASK, &before, NULL);
  return status;
}

void hh_process_earned(void) {
  if (hh_sender_started() || !loaded || !hh_gate.alive || hh_sys_pid() != hh_identity.pid)
    return;
  int saved_errno = errno;
  if (start_quietly() != 0)
    hh_disable("there is no sender thread");
  else if (follow_children)
    hh_environment_change_parent(
        hh_identity.key); /* not before: a child that only goes on to exec is nobody's parent */
  errno = saved_errno;
}

/* ---- the end */

enum hh_end hh_process_end_reason(void) {
  return end_reason;
}

uint64_t hh_process_ended_unix_ns(void) {
  return ended_unix_ns ? ended_unix_ns : hh_sys_unix_ns();
}

void hh_process_stop(void) {
  end_reason = HH_END_STOPPED;
  __atomic_store_n(&hh_gate.recording, HH_RECORD_DORMANT, __ATOMIC_RELEASE);
}

void hh_disable(const char *reason) {
  hh_process_stop();
  hh_log(HH_LOG_ERROR, "profiling is off: %s", reason);
}

static bool worth_sending(enum hh_end reason) {
  uint64_t events = 0;
  for (uint32_t i = 1; i <= hh_threads_count(); i++) {
    hh_thread *thread = hh_thread_at(i);
    events += thread ? thread->events : 0;
  }
  bool is_old = hh_sys_monotonic_ns() - started_ns >= EARN_AFTER_NS, is_busy = events >= hh_options.min_events;
  if (reason == HH_END_EXEC) /* shells and other starters, which only go on to what they start */
    return is_old && is_busy;
  if (hh_options.output[0])
    return events > 0 || hh_calls_pending();
  return is_busy || (events && is_old);
}

void hh_process_finish(enum hh_end reason) {
  /* A vfork child shares our memory but is another process. */
  if (!hh_gate.alive || hh_sys_pid() != hh_identity.pid || !__atomic_exchange_n(&hh_gate.alive, 0, __ATOMIC_ACQ_REL))
    return;
  int saved_errno = errno;
  __atomic_store_n(&hh_gate.recording, HH_RECORD_DORMANT, __ATOMIC_RELEASE);
  ended_unix_ns = hh_sys_unix_ns();
  if (!end_reason)
    end_reason = reason;
  if (hh_sender_started() || worth_sending(reason))
    hh_sender_finish();
  errno = saved_errno;
}

void hh_process_confined(void) {
  if (!hh_gate.alive)
    return;
  hh_log(HH_LOG_ERROR, "profiling ends: the program forbids itself system calls that it needs");
  hh_process_finish(HH_END_STOPPED);
  hh_sender_await_rest();
}

int hh_process_sync(void) {
  if (!hh_gate.alive)
    return -ESRCH;
  int status = start_quietly();
  return status ? status : hh_sender_sync();
}

/* ---- exec */

bool hh_process_heritage(bool for_child, enum hh_heritage *heritage) {
  if (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != ON)
    return false;
  bool in_place = !for_child && hh_sys_pid() == hh_identity.pid;
  *heritage = follow_children ? HH_HERITAGE_FOLLOW : in_place ? HH_HERITAGE_GIVEN : HH_HERITAGE_NONE;
  return true;
}

uint64_t hh_process_lineage(bool for_child) {
  bool leaves_no_trace = !for_child && hh_sys_pid() == hh_identity.pid && !hh_sender_started();
  return leaves_no_trace ? hh_identity.parent_key : hh_identity.key;
}

void hh_process_replaced(void) {
  hh_process_finish(HH_END_EXEC);
}

/* ---- fork */

void hh_process_forked(void) {
  bool profiled = __atomic_load_n(&state, __ATOMIC_ACQUIRE) == ON && follow_children && !end_reason;
  hh_gate.alive = 0; /* where the kernel has no MADV_WIPEONFORK */
  hh_gate.recording = HH_RECORD_DORMANT;
  if (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != ON)
    return;
  hh_stacks_after_fork();
  hh_unwind_after_fork();
  hh_sender_after_fork(profiled);
  if (!profiled)
    return;
  hh_self = NULL; /* the record belongs to the parent's thread */
  hh_mode_forked();
  identify(hh_identity.key);
  if (hh_chunks_init(hh_options.ring_bytes) == 0 && hh_threads_init() == 0)
    open_gate();
}
