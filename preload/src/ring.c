#include "ring.h"

#include <errno.h>

#include "arena.h"
#include "chunks.h"
#include "process.h"
#include "sender.h"

bool hh_ring_free_stacks, hh_ring_says_moved;
uint32_t hh_ring_thread_chunks;

/* A ring that is this full, or this old, earns the process its sender thread. */
enum { EARN_WORDS = 1024 };

static void use_chunk(hh_thread *thread, uint32_t chunk) {
  thread->write_chunk = chunk;
  thread->chunk_end = hh_chunk_words(chunk) + HH_CHUNK_WORDS - HH_RING_MARGIN_WORDS;
}

/* Without a sender the next event comes here again: this one may be one that must not start it, such as a deallocation.
 */
static void set_limit(hh_thread *thread, uint64_t *at) {
  thread->limit = hh_sender_started() ? thread->chunk_end : at;
}

int hh_ring_open(hh_thread *thread) {
  uint32_t chunk = hh_chunk_take();
  if (chunk == HH_NO_CHUNK)
    return -ENOMEM;
  use_chunk(thread, chunk);
  set_limit(thread, hh_chunk_words(chunk) + EARN_WORDS);
  thread->chunks = 1;
  thread->read_chunk = chunk;
  thread->write = thread->read = hh_chunk_words(chunk);
  thread->last_time = thread->read_time = 0;
  return 0;
}

void hh_ring_abandon(hh_thread *thread) {
  hh_chunk_give(thread->write_chunk);
}

static uint64_t *drop(hh_thread *thread, uint64_t bytes) {
  __atomic_store_n(&thread->lost_events, thread->lost_events + 1, __ATOMIC_RELAXED);
  __atomic_store_n(&thread->lost_bytes, thread->lost_bytes + bytes, __ATOMIC_RELAXED);
  return NULL;
}

/* Room for one event, or NULL. */
static uint64_t *refill(hh_thread *thread) {
  uint64_t *at = thread->write;
  if (at < thread->chunk_end) {
    set_limit(thread, at);
    return at;
  }
  uint32_t held = __atomic_load_n(&thread->chunks, __ATOMIC_RELAXED);
  if (held >= HH_RING_NUDGE_CHUNKS)
    hh_sender_nudge();
  uint32_t chunk = held < hh_ring_thread_chunks ? hh_chunk_take() : HH_NO_CHUNK;
  if (chunk == HH_NO_CHUNK) {
    hh_sender_nudge();
    return NULL;
  }
  __atomic_fetch_add(&thread->chunks, 1, __ATOMIC_RELAXED);
  hh_ring_escape(at, HH_RING_NEXT, chunk);
  use_chunk(thread, chunk);
  at = hh_chunk_words(chunk);
  set_limit(thread, at);
  /* release; the reader that sees it may follow the link */
  __atomic_store_n(&thread->write, at, __ATOMIC_RELEASE);
  return at;
}

HH_COLD uint64_t *hh_ring_refill(hh_thread *thread, uint64_t bytes, bool may_start) {
  if (may_start)
    hh_process_earned();
  uint64_t *at = refill(thread);
  return at ? at : drop(thread, bytes);
}

static void put_ahead(hh_thread *thread, enum hh_ring_escape escape, uint64_t value) {
  uint64_t *at = thread->write;
  if (at >= thread->limit && !(at = refill(thread)))
    return;
  at = hh_ring_escape(at, escape, value);
  __atomic_store_n(&thread->write, at, __ATOMIC_RELEASE); /* pairs with the acquire in the merge */
}

HH_COLD void hh_ring_put_sample(hh_thread *thread, uint64_t interval) {
  put_ahead(thread, HH_RING_SAMPLE, interval);
}

HH_COLD void hh_ring_put_moved(hh_thread *thread) {
  put_ahead(thread, HH_RING_MOVED, 0);
}

bool hh_ring_hand_over(hh_thread *thread, int tid) {
  uint64_t *at = thread->write;
  if (at >= thread->limit && !(at = refill(thread)))
    return false;
  at = hh_ring_escape(at, HH_RING_THREAD, (uint64_t)tid);
  __atomic_store_n(&thread->write, at, __ATOMIC_RELEASE); /* pairs with the acquire in the merge */
  return true;
}

void hh_ring_rest(hh_thread *thread) {
  uint64_t *at = __atomic_load_n(&thread->write, __ATOMIC_ACQUIRE); /* pairs with hh_ring_publish */
  if (at != thread->read)
    return;
  if (at != thread->idle_at) {
    thread->idle_at = at;
    thread->given_back = false;
  } else if (!thread->given_back) {
    char *chunk = (char *)hh_chunk_words(thread->read_chunk);
    hh_pages_clear(chunk, (size_t)((char *)at - chunk) & ~(hh_page_bytes() - 1));
    thread->given_back = true;
  }
}

HH_COLD uint64_t *hh_ring_put_time(hh_thread *thread, uint64_t *at, uint64_t time, bool may_start) {
  if (may_start && hh_process_is_due(time))
    hh_process_earned();
  thread->last_time = time;
  return hh_ring_escape(at, HH_RING_TIME, time);
}
