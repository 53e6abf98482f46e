#include "merge.h"

#include <errno.h>

#include "arena.h"
#include "chunks.h"
#include "clock.h"
#include "event.h"
#include "log.h"
#include "match.h"
#include "ring.h"
#include "thread.h"
#include "thread_names.h"

/* Where the reading of one ring stands. */
typedef struct cursor {
  uint64_t next_time; /* of the event that comes next */
  hh_thread *thread;
  uint64_t *at;                            /* that event's first word, escapes skipped */
  uint64_t *end;                           /* what was published when the pass began */
  uint64_t *escapes;                       /* first escape that tells something about that event, if any */
  uint64_t size, align_log2, sample_bytes; /* from escapes */
  bool moved;
  uint64_t words;
} cursor;

static cursor *cursors;
/* A heap of cursors, the one with the oldest event first. */
static cursor **heap;
static uint32_t heap_size;
static hh_event batch[HH_MATCH_BATCH];
static uint32_t batch_size;
static uint32_t peak_chunks;

int hh_merge_init(void) {
  cursors = hh_pages_reserve(HH_MAX_THREADS * sizeof *cursors, "heaphound merge");
  heap = hh_pages_reserve((HH_MAX_THREADS + 1) * sizeof *heap, "heaphound merge");
  return cursors && heap ? 0 : -ENOMEM;
}

void hh_merge_clear(void) {
  heap_size = batch_size = 0;
}

/* ---- reading one ring */

static void follow_link(cursor *c, uint32_t chunk) {
  hh_thread *thread = c->thread;
  hh_chunk_give(thread->read_chunk);
  __atomic_fetch_sub(&thread->chunks, 1, __ATOMIC_RELAXED);
  thread->read_chunk = chunk;
  c->at = hh_chunk_words(chunk);
}

/* Two threads wrote into one ring: they share their thread-local storage, which only a bare clone can bring about.
 * There is no telling what the rest means. */
static void break_off(cursor *c) {
  hh_disable("a ring is damaged");
  c->at = c->end;
  c->escapes = NULL;
}

static bool is_about_event(enum hh_ring_escape escape) {
  return escape == HH_RING_SIZE || escape == HH_RING_ALIGN || escape == HH_RING_SAMPLE || escape == HH_RING_MOVED;
}

static HH_COLD void read_escape(cursor *c) {
  enum hh_ring_escape escape = (enum hh_ring_escape)(c->at[0] >> 1);
  uint64_t value = c->at[1];
  if (is_about_event(escape) && !c->escapes)
    c->escapes = c->at;
  c->at += 2;
  c->words += 2;
  switch (escape) {
  case HH_RING_NEXT:
    if (hh_chunk_exists(value))
      follow_link(c, (uint32_t)value);
    else
      break_off(c);
    break;
  case HH_RING_TIME:
    c->thread->read_time = value;
    break;
  case HH_RING_THREAD:
    c->thread->read_tid = (int)value;
    c->thread->number = 0;
    break;
  case HH_RING_SIZE:
    c->size = value;
    break;
  case HH_RING_ALIGN:
    c->align_log2 = value;
    break;
  case HH_RING_SAMPLE:
    c->sample_bytes = value;
    break;
  case HH_RING_MOVED:
    c->moved = true;
    break;
  default:
    break_off(c);
  }
}

/* Moves to the next event; false at the end of what was published. */
HH_INLINE bool peek(cursor *c) {
  while (c->at != c->end) {
    uint64_t word = c->at[0];
    if (HH_LIKELY(word >> 20)) {
      c->next_time = c->thread->read_time + (word >> 1 & (HH_RING_DELTA_MAX - 1));
      return true;
    }
    read_escape(c);
  }
  return false;
}

HH_INLINE void take(cursor *c, hh_event *event) {
  uint64_t word = c->at[0];
  c->escapes = NULL;
  c->thread->read_time = c->next_time;
  event->time = c->next_time;
  event->key = word >> 20;
  event->thread = c->thread;
  if (HH_UNLIKELY(!c->thread->number))
    c->thread->number = hh_thread_names_add(c->thread->read_tid);
  event->thread_number = c->thread->number;
  event->allocation = word & 1;
  event->sample_bytes = c->sample_bytes;
  event->moved = c->moved;
  c->sample_bytes = 0;
  c->moved = false;
  if (word & 1) {
    uint64_t second = c->at[1];
    event->stack = (uint32_t)(second >> 32);
    event->kind = second >> HH_RING_SIZE_BITS & 3;
    event->size = second & HH_RING_SIZE_MAX;
    event->align_log2 = (uint8_t)c->align_log2;
    if (HH_UNLIKELY(event->size == HH_RING_SIZE_MAX))
      event->size = c->size;
    c->at += 2;
    c->words += 2;
    return;
  }
  c->at++;
  c->words++;
  if (hh_ring_free_stacks) {
    event->stack = (uint32_t)*c->at++;
    c->words++;
  }
}

static void run_batch(void) {
  hh_match_batch(batch, batch_size);
  batch_size = 0;
}

HH_INLINE void feed(cursor *c) {
  hh_event *event = &batch[batch_size];
  take(c, event);
  hh_match_prefetch(event);
  if (HH_UNLIKELY(++batch_size == HH_MATCH_BATCH))
    run_batch();
}

/* ---- all rings */

static void sift_down(uint32_t place) {
  cursor *moving = heap[place];
  for (;;) {
    uint32_t child = 2 * place;
    if (child > heap_size)
      break;
    if (child < heap_size && heap[child + 1]->next_time < heap[child]->next_time)
      child++;
    if (heap[child]->next_time >= moving->next_time)
      break;
    heap[place] = heap[child];
    place = child;
  }
  heap[place] = moving;
}

static uint64_t second_oldest(void) {
  uint64_t time = UINT64_MAX;
  for (uint32_t place = 2; place <= 3 && place <= heap_size; place++)
    if (heap[place]->next_time < time)
      time = heap[place]->next_time;
  return time;
}

/* Reads the oldest ring until another one is older, or nothing before `cut` is left. */
static void merge(uint64_t cut) {
  while (heap_size && heap[1]->next_time <= cut) {
    cursor *oldest = heap[1];
    uint64_t until = second_oldest();
    if (until > cut)
      until = cut;
    bool more;
    do {
      feed(oldest);
      more = peek(oldest);
    } while (more && oldest->next_time <= until);
    if (!more)
      heap[1] = heap[heap_size--];
    if (heap_size)
      sift_down(1);
  }
}

static uint32_t open_cursors(void) {
  uint32_t open = 0, chunks = 0;
  heap_size = 0;
  for (uint32_t i = 1; i <= hh_threads_count(); i++) {
    hh_thread *thread = hh_thread_at(i);
    if (!thread)
      continue;
    chunks += __atomic_load_n(&thread->chunks, __ATOMIC_RELAXED);
    /* acquire; pairs with hh_ring_publish */
    uint64_t *end = __atomic_load_n(&thread->write, __ATOMIC_ACQUIRE);
    if (end == thread->read)
      continue;
    cursor *c = &cursors[open++];
    *c = (cursor){.thread = thread, .at = thread->read, .end = end};
    if (peek(c))
      heap[++heap_size] = c;
  }
  for (uint32_t place = heap_size / 2; place; place--)
    sift_down(place);
  if (chunks > peak_chunks)
    peak_chunks = chunks;
  return open;
}

uint32_t hh_merge_peak_chunks(void) {
  uint32_t peak = peak_chunks;
  peak_chunks = 0;
  return peak;
}

uint64_t hh_merge_pass(bool all) {
  /* Before the write positions are read: what is older than this has been published, or will be seen as late. With one
   * thread there is nobody to wait for. */
  uint64_t cut = all || hh_threads_count() <= 1 ? UINT64_MAX : hh_ring_ticks();
  uint32_t open = open_cursors();
  merge(cut);
  run_batch();
  uint64_t words = 0;
  for (uint32_t i = 0; i < open; i++) {
    /* An event that waits keeps its escapes. */
    cursors[i].thread->read = cursors[i].escapes ? cursors[i].escapes : cursors[i].at;
    words += cursors[i].words;
  }
  hh_match_pass_ended();
  return words * sizeof(uint64_t);
}

void hh_merge_reap(void) {
  for (uint32_t i = 1; i <= hh_threads_count(); i++) {
    hh_thread *thread = hh_thread_at(i);
    if (!thread)
      continue;
    hh_thread_reap(thread);
    hh_ring_rest(thread);
  }
}
