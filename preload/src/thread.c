#include "thread.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "arena.h"
#include "libc.h"
#include "losses.h"
#include "ring.h"
#include "sample.h"
#include "sys/sys.h"
#include "unwind/lock.h"

__thread hh_thread *hh_self __attribute__((tls_model("initial-exec")));

static struct {
  hh_thread **record; /* by index, from 1 */
  uint32_t count;     /* indices handed out */
  uint64_t free_head; /* {changes:32, index:32}, as in chunks.c */
  hh_lock spare_lock;
  hh_thread *spare; /* those that could not be completed, linked by `thrower` */
  pthread_key_t key;
  bool key_made;
} threads;

static hh_thread *pop_free(void) {
  uint64_t head = __atomic_load_n(&threads.free_head, __ATOMIC_ACQUIRE);
  while ((uint32_t)head) {
    hh_thread *record = threads.record[(uint32_t)head];
    uint64_t after = ((head >> 32) + 1) << 32 | __atomic_load_n(&record->next_free, __ATOMIC_RELAXED);
    if (__atomic_compare_exchange_n(&threads.free_head, &head, after, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
      return record;
  }
  return NULL;
}

static void push_free(hh_thread *record) {
  uint64_t head = __atomic_load_n(&threads.free_head, __ATOMIC_RELAXED), after;
  do {
    __atomic_store_n(&record->next_free, (uint32_t)head, __ATOMIC_RELAXED);
    after = ((head >> 32) + 1) << 32 | record->index;
  } while (!__atomic_compare_exchange_n(&threads.free_head, &head, after, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static void offer(hh_thread *record) {
  uint32_t live = HH_THREAD_LIVE;
  if (__atomic_compare_exchange_n(&record->state, &live, HH_THREAD_EXITING, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    push_free(record);
}

/* Runs among the destructors of the thread's other data, some of which still allocate: the record stays the thread's
 * until the kernel says that the thread is gone. */
static void thread_exits(void *record) {
  offer(record);
}

int hh_threads_init(void) {
  if (threads.record) {
    /* After a fork. The pages of the parent's records stay mapped; they are few. */
    memset(threads.record, 0, (threads.count + 1) * sizeof *threads.record);
  } else if (!(threads.record = hh_pages((HH_MAX_THREADS + 1) * sizeof *threads.record, "heaphound threads"))) {
    return -ENOMEM;
  }
  threads.count = 0;
  threads.free_head = 0;
  threads.spare_lock.word = 0;
  /* Early, so that the key is one of those for which libc needs no memory of the application's allocator. */
  if (!threads.key_made && hh_libc.pthread_key_create) {
    if (hh_libc.pthread_key_create(&threads.key, thread_exits) != 0)
      return -EAGAIN;
    threads.key_made = true;
  } /* else the sender finds out which threads are gone */
  return 0;
}

/* Small memory is not given back: where there is no room for more, each event of the thread comes here again. */
static void keep_spare(hh_thread *record) {
  memset(record, 0, sizeof *record);
  hh_lock_take(&threads.spare_lock);
  record->thrower = threads.spare;
  threads.spare = record;
  hh_lock_release(&threads.spare_lock);
}

static hh_thread *take_spare(void) {
  hh_lock_take(&threads.spare_lock);
  hh_thread *record = threads.spare;
  if (record)
    threads.spare = record->thrower;
  hh_lock_release(&threads.spare_lock);
  if (record)
    record->thrower = NULL;
  return record ? record : hh_small(sizeof *record);
}

/* In this order: what is scarce first, and what cannot be given back last. */
static hh_thread *make(void) {
  hh_thread *record = take_spare();
  if (!record)
    return NULL;
  if (hh_ring_open(record) != 0) {
    keep_spare(record);
    return NULL;
  }
  uint32_t index = __atomic_add_fetch(&threads.count, 1, __ATOMIC_RELAXED);
  if (index <= HH_MAX_THREADS && hh_walker_init(&record->walker) == 0) {
    record->index = index;
    return record;
  }
  if (index > HH_MAX_THREADS)
    __atomic_sub_fetch(&threads.count, 1, __ATOMIC_RELAXED);
  hh_ring_abandon(record);
  keep_spare(record);
  return NULL;
}

/* A record whose thread is gone, and its ring, now of thread `tid`. The newest offers come first, and their threads may
 * still be about to end: look a little further. */
static hh_thread *inherit(int tid) {
  enum { LOOK_AT = 4 };
  hh_thread *refused[LOOK_AT], *record = NULL;
  unsigned count = 0;
  while (count < LOOK_AT && (record = pop_free())) {
    if (!hh_sys_thread_alive(record->tid) && hh_ring_hand_over(record, tid))
      break;
    refused[count++] = record;
    record = NULL;
  }
  while (count)
    push_free(refused[--count]);
  return record;
}

static hh_thread *attach(void) {
  int tid = hh_sys_tid();
  hh_thread *record = inherit(tid);
  bool made = !record;
  if (made && !(record = make()))
    return NULL;
  if (made)
    record->read_tid = tid;
  record->tid = tid;
  record->busy = 0;
  hh_sample_begin(record);
  hh_walker_reset(&record->walker);
  __atomic_store_n(&record->state, HH_THREAD_LIVE, __ATOMIC_RELEASE);
  if (made) /* release; pairs with the acquire in hh_thread_at */
    __atomic_store_n(&threads.record[record->index], record, __ATOMIC_RELEASE);
  hh_self = record;
  record->busy = 1; /* whatever libc does in here is not the application's */
  if (threads.key_made)
    hh_libc.pthread_setspecific(threads.key, record);
  record->busy = 0;
  return record;
}

HH_COLD hh_thread *hh_thread_attach(void) {
  int saved_errno = errno;
  hh_thread *record = attach();
  if (!record)
    hh_losses_count_homeless();
  errno = saved_errno;
  return record;
}

uint32_t hh_threads_count(void) {
  return __atomic_load_n(&threads.count, __ATOMIC_ACQUIRE);
}

hh_thread *hh_thread_at(uint32_t index) {
  return __atomic_load_n(&threads.record[index], __ATOMIC_ACQUIRE);
}

void hh_thread_reap(hh_thread *thread) {
  if (__atomic_load_n(&thread->state, __ATOMIC_ACQUIRE) == HH_THREAD_LIVE && !hh_sys_thread_alive(thread->tid))
    offer(thread);
}
