/* A thread's ring: one producer, one consumer, a chain of chunks. Events are 8-byte words:
 *
 *   free        key 44 | delta 19 | 0                          and, with free stacks:   0 32 | stack 32
 *   allocation  key 44 | delta 19 | 1      stack 32 | kind 2 | size 30
 *
 * key = address >> 3, delta = ring ticks since the thread's event before. A word with key 0 is an escape: its delta
 * says which, the word behind it is the value; it belongs to the event that follows.
 *
 * The producer never waits. Without a free chunk the event is dropped and counted. */
#ifndef HH_RING_H
#define HH_RING_H
#include "clock.h"
#include "common.h"
#include "thread.h"

enum hh_ring_escape {
  HH_RING_NEXT = 1,   /* goes on in the chunk with this number */
  HH_RING_TIME = 2,   /* the next delta counts from this time */
  HH_RING_SIZE = 3,   /* size of the next allocation */
  HH_RING_ALIGN = 4,  /* log2 of the next allocation's alignment */
  HH_RING_THREAD = 5, /* what follows is of another thread, with this id */
  HH_RING_SAMPLE = 6, /* sampling interval with which the next allocation was drawn */
  HH_RING_MOVED = 7,  /* the next deallocation is a realloc's, whose allocation follows; said only while culling */
};

enum {
  HH_RING_DELTA_BITS = 19,
  HH_RING_SIZE_BITS = 30,
  HH_RING_MARGIN_WORDS = 16, /* the longest event, or linked pair, and the link to the next chunk */
  HH_RING_NUDGE_CHUNKS = 4,  /* a ring of that length wakes the sender */
};
#define HH_RING_DELTA_MAX ((uint64_t)1 << HH_RING_DELTA_BITS)
#define HH_RING_SIZE_MAX  (((uint64_t)1 << HH_RING_SIZE_BITS) - 1) /* stands for "see the escape" */

extern bool hh_ring_free_stacks;
extern bool hh_ring_says_moved;
extern uint32_t hh_ring_thread_chunks; /* that one thread may hold: half of all */

int hh_ring_open(hh_thread *thread);     /* 0 or -errno */
void hh_ring_abandon(hh_thread *thread); /* gives the chunks back */
/* Room for one event at the returned place, or NULL: dropped and counted. */
uint64_t *hh_ring_refill(hh_thread *thread, uint64_t bytes, bool may_start);
/* By the sender, seldom: a ring that was empty at the call before too, and is still, gives the memory of what was read
 * back to the kernel. The owner never writes behind its position. */
void hh_ring_rest(hh_thread *thread);
/* The ring changes hands: its thread is gone, the one with this id goes on. False when there is no room to say so. */
bool hh_ring_hand_over(hh_thread *thread, int tid);
/* About the event that follows. Both may be left out for want of room: then that event is dropped too. */
void hh_ring_put_sample(hh_thread *thread, uint64_t interval);
void hh_ring_put_moved(hh_thread *thread);
/* may_start: the sender thread may be started here. Not in a deallocation: libc frees what ended threads leave while it
 * holds the lock that pthread_create takes. */
uint64_t *hh_ring_put_time(hh_thread *thread, uint64_t *at, uint64_t time, bool may_start);

HH_INLINE uint64_t *hh_ring_escape(uint64_t *at, enum hh_ring_escape escape, uint64_t value) {
  at[0] = (uint64_t)escape << 1;
  at[1] = value;
  return at + 2;
}

/* The delta for an event at `time`; moves *at behind an escape if it needs one. */
HH_INLINE uint64_t hh_ring_delta(hh_thread *thread, uint64_t **at, uint64_t time, bool may_start) {
  uint64_t delta = time - thread->last_time;
  if (HH_UNLIKELY(delta >= HH_RING_DELTA_MAX)) { /* a long pause, or a step back */
    *at = hh_ring_put_time(thread, *at, time, may_start);
    delta = 0;
  }
  thread->last_time = time;
  return delta;
}

HH_INLINE void hh_ring_publish(hh_thread *thread, uint64_t *end) {
  thread->events++;
  __atomic_store_n(&thread->write, end, __ATOMIC_RELEASE); /* pairs with the acquire in the merge */
}

HH_INLINE void hh_ring_put_free(hh_thread *thread, uint64_t time, uintptr_t address, uint32_t stack) {
  uint64_t *at = thread->write;
  if (HH_UNLIKELY(at >= thread->limit) && !(at = hh_ring_refill(thread, 0, false)))
    return;
  uint64_t delta = hh_ring_delta(thread, &at, time, false);
  *at++ = (uint64_t)(address >> 3) << 20 | delta << 1;
  if (hh_ring_free_stacks)
    *at++ = stack;
  hh_ring_publish(thread, at);
}

HH_INLINE void hh_ring_put_alloc(hh_thread *thread, uint64_t time, uintptr_t address, size_t size, uint32_t stack,
                                 enum hh_kind kind, unsigned align_log2) {
  uint64_t *at = thread->write;
  if (HH_UNLIKELY(at >= thread->limit) && !(at = hh_ring_refill(thread, size, true)))
    return;
  uint64_t delta = hh_ring_delta(thread, &at, time, true), inline_size = size;
  if (HH_UNLIKELY(size >= HH_RING_SIZE_MAX)) {
    at = hh_ring_escape(at, HH_RING_SIZE, size);
    inline_size = HH_RING_SIZE_MAX;
  }
  if (kind == HH_KIND_ALIGNED)
    at = hh_ring_escape(at, HH_RING_ALIGN, align_log2);
  at[0] = (uint64_t)(address >> 3) << 20 | delta << 1 | 1;
  at[1] = (uint64_t)stack << 32 | (uint64_t)kind << HH_RING_SIZE_BITS | inline_size;
  hh_ring_publish(thread, at + 2);
}
#endif
