#include "chunks.h"

#include <errno.h>

#include "arena.h"

/* The free list's head is {changes:32, chunk:32}; counting changes keeps a chunk that left and came back in between
 * from being taken for one that never left. */
static struct {
  char *base; /* chunk n lies at base + (n - 1) * HH_CHUNK_BYTES */
  uint32_t *next;
  uint32_t capacity;
  uint32_t made;    /* chunks 1 .. made have been in use */
  uint32_t trimmed; /* free chunks whose memory went back */
  uint64_t head;
} pool;

int hh_chunks_init(uint64_t max_bytes) {
  pool.capacity = max_bytes / HH_CHUNK_BYTES > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)(max_bytes / HH_CHUNK_BYTES);
  if (pool.capacity == 0)
    return -EINVAL;
  pool.made = pool.trimmed = 0;
  pool.head = 0;
  if (pool.base) {
    hh_pages_clear(pool.base, (size_t)pool.capacity * HH_CHUNK_BYTES);
    return 0;
  }
  pool.next = hh_pages((pool.capacity + 1) * sizeof *pool.next, "heaphound rings");
  pool.base = hh_pages_reserve((size_t)pool.capacity * HH_CHUNK_BYTES, "heaphound rings");
  return pool.next && pool.base ? 0 : -ENOMEM;
}

static uint32_t pop(void) {
  uint64_t head = __atomic_load_n(&pool.head, __ATOMIC_ACQUIRE);
  for (;;) {
    uint32_t chunk = (uint32_t)head;
    if (chunk == HH_NO_CHUNK)
      return HH_NO_CHUNK;
    uint64_t after = ((head >> 32) + 1) << 32 | __atomic_load_n(&pool.next[chunk], __ATOMIC_RELAXED);
    if (__atomic_compare_exchange_n(&pool.head, &head, after, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
      return chunk;
  }
}

uint32_t hh_chunk_take(void) {
  uint32_t chunk = pop();
  if (chunk != HH_NO_CHUNK)
    return chunk;
  uint32_t made = __atomic_load_n(&pool.made, __ATOMIC_RELAXED);
  while (made < pool.capacity)
    if (__atomic_compare_exchange_n(&pool.made, &made, made + 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
      return made + 1;
  return HH_NO_CHUNK;
}

void hh_chunk_give(uint32_t chunk) {
  uint64_t head = __atomic_load_n(&pool.head, __ATOMIC_RELAXED), after;
  do {
    __atomic_store_n(&pool.next[chunk], (uint32_t)head, __ATOMIC_RELAXED);
    after = ((head >> 32) + 1) << 32 | chunk;
  } while (!__atomic_compare_exchange_n(&pool.head, &head, after, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

uint64_t *hh_chunk_words(uint32_t chunk) {
  return (uint64_t *)(void *)(pool.base + (size_t)(chunk - 1) * HH_CHUNK_BYTES);
}

void hh_chunks_trim(uint32_t keep) {
  uint32_t taken[256], count = 0, cold_from = keep;
  while (count < sizeof taken / sizeof *taken && (taken[count] = pop()) != HH_NO_CHUNK)
    count++;
  uint32_t cold = 0;
  for (uint32_t i = cold_from; i < count; i++, cold++)
    hh_pages_clear(hh_chunk_words(taken[i]), HH_CHUNK_BYTES);
  while (count)
    hh_chunk_give(taken[--count]);
  pool.trimmed = cold;
}

uint64_t hh_chunks_bytes(void) {
  uint32_t made = __atomic_load_n(&pool.made, __ATOMIC_RELAXED);
  return (uint64_t)(made - (pool.trimmed < made ? pool.trimmed : made)) * HH_CHUNK_BYTES;
}
