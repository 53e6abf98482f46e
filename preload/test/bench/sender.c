/* What the sender pays per malloc+free pair for a recording: sender FILE [ROUNDS]. The events of the recording are put
 * into rings again and read, matched, encoded and compressed by the sender's own code; what comes out is dropped.
 * CPU time of the best round, without the writing. Run it under perf or callgrind to see where it goes. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "block.h"
#include "chunks.h"
#include "clock.h"
#include "compress.h"
#include "dictionary.h"
#include "match.h"
#include "merge.h"
#include "recording/recording.h"
#include "ring.h"
#include "spool.h"
#include "stack_numbers.h"
#include "stacks.h"
#include "thread.h"
#include "thread_names.h"

enum { THREADS = 64, RING_BYTES = 64 << 20 };

typedef struct replayed {
  uint64_t ticks, order;
  uint64_t number; /* of the allocation */
  bool allocation;
} replayed;

static hh_thread *threads[THREADS];
static uint32_t *node_of_stack;

static int oldest_first(const void *left, const void *right) {
  const replayed *a = left, *b = right;
  if (a->ticks != b->ticks)
    return a->ticks < b->ticks ? -1 : 1;
  return (a->order > b->order) - (a->order < b->order);
}

/* Within a tick: deallocations of older blocks, then allocations, each with its deallocation behind it. */
static replayed *events_of(const recording *r, uint64_t *count) {
  replayed *events = malloc(2 * (r->allocation_count + 1) * sizeof *events);
  uint64_t n = 0;
  for (uint64_t i = 1; i <= r->allocation_count; i++) {
    const rec_allocation *a = &r->allocations[i];
    events[n++] = (replayed){.ticks = a->ticks, .order = 2 * i, .number = i, .allocation = true};
    if (a->freed)
      events[n++] =
          (replayed){.ticks = a->freed_ticks, .order = a->freed_ticks == a->ticks ? 2 * i + 1 : 0, .number = i};
  }
  qsort(events, n, sizeof *events, oldest_first);
  *count = n;
  return events;
}

/* A record belongs to a living thread: these only hold theirs. */
static pthread_barrier_t attached;
static void *attach(void *place) {
  *(hh_thread **)place = hh_thread_attach();
  pthread_barrier_wait(&attached);
  for (;;)
    pause();
  return NULL;
}

static void start_threads(uint32_t count) {
  pthread_barrier_init(&attached, NULL, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, attach, &threads[i]);
  }
  pthread_barrier_wait(&attached);
}

static uint64_t cpu_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static hh_thread *thread_of(uint32_t number) {
  return threads[(number ? number - 1 : 0) % THREADS];
}

static void write_event(const recording *r, const replayed *event) {
  const rec_allocation *a = &r->allocations[event->number];
  uint64_t time = event->ticks << HH_BLOCK_TICK_SHIFT;
  if (event->allocation)
    hh_ring_put_alloc(thread_of(a->thread), time, a->key << 3, a->size, node_of_stack[a->stack], HH_KIND_MALLOC, 0);
  else
    hh_ring_put_free(thread_of(a->freed_thread), time, a->key << 3, 0);
}

static int start_sender(void) {
  int (*const parts[])(void) = {hh_stack_numbers_init, hh_thread_names_init, hh_dictionary_init, hh_compress_init,
                                hh_match_init,         hh_merge_init,        hh_block_init};
  hh_ring_thread_chunks = RING_BYTES / HH_CHUNK_BYTES;
  int status = hh_chunks_init(RING_BYTES);
  status = status ? status : hh_stacks_init();
  status = status ? status : hh_threads_init();
  for (size_t i = 0; i < sizeof parts / sizeof *parts && !status; i++)
    status = parts[i]();
  return status ? status : hh_spool_init(RING_BYTES);
}

/* One node per stack under one root: how long they are does not matter here. */
static void make_stacks(const recording *r) {
  static hh_stack_cache cache = {.shift = 64 - HH_STACK_CACHE_LARGE};
  uint32_t root = hh_stacks_root();
  node_of_stack = calloc(r->stack_count + 1, sizeof *node_of_stack);
  for (uint32_t i = 1; i <= r->stack_count; i++)
    node_of_stack[i] = hh_stacks_child(root, 0x10000 + i, &cache);
}

int main(int argc, char **argv) {
  recording *r = argc > 1 ? recording_read(argv[1]) : NULL;
  int burst = argc > 2 ? atoi(argv[2]) : 8192;
  if (!r || burst < 1)
    return 2;
  hh_clock_init();
  if (start_sender() != 0)
    return 1;
  make_stacks(r);
  start_threads(r->thread_count < THREADS ? r->thread_count : THREADS);
  uint64_t count, sender_ns = 0;
  replayed *events = events_of(r, &count);
  for (uint64_t i = 0; i < count;) {
    for (int n = 0; n < burst && i < count; n++)
      write_event(r, &events[i++]);
    uint64_t start = cpu_ns();
    hh_merge_pass(true);
    sender_ns += cpu_ns() - start;
    hh_spool_release(hh_spool_last());
  }
  hh_match_close_block(0);
  printf("%.1f ns/pair, %" PRIu64 " blocks\n", (double)sender_ns / (double)r->allocation_count, hh_spool_last());
  return 0;
}
