#include "chunks.h"

#include <errno.h>

#include "arena.h"

/* The free list's head is {changes:32, chunk:32}; counting changes keeps a chunk that left and came back in between
 * from being taken for one that never left. */
static struct {
  char *base; /* chunk n lies at base + (n - 1) * HH_CHUNK_BYTES */
  uint32_t *next;
  uint32_t capacity;
  uint32_t made;  /* chunks 1 .. made have been in use */
  uint32_t empty; /* of those, how many are without memory */
  uint64_t warm_head, empty_head;
} pool;

int hh_chunks_init(uint64_t max_bytes) {
  pool.capacity = max_bytes / HH_CHUNK_BYTES > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)(max_bytes / HH_CHUNK_BYTES);
  if (pool.capacity == 0)
    return -EINVAL;
  pool.made = pool.empty = 0;
  pool.warm_head = pool.empty_head = 0;
  if (pool.base) {
    hh_pages_clear(pool.base, (size_t)pool.capacity * HH_CHUNK_BYTES);
    return 0;
  }
  pool.next = hh_pages((pool.capacity + 1) * sizeof *pool.next, "heaphound rings");
  pool.base = hh_pages_reserve((size_t)pool.capacity * HH_CHUNK_BYTES, "heaphound rings");
  if (!pool.next || !pool.base)
    return -ENOMEM;
  hh_pages_wiped_in_child(pool.base, (size_t)pool.capacity * HH_CHUNK_BYTES);
  return 0;
}

static uint32_t pop(uint64_t *list) {
  uint64_t head = __atomic_load_n(list, __ATOMIC_ACQUIRE);
  for (;;) {
    uint32_t chunk = (uint32_t)head;
    if (chunk == HH_NO_CHUNK)
      return HH_NO_CHUNK;
    uint64_t after = ((head >> 32) + 1) << 32 | __atomic_load_n(&pool.next[chunk], __ATOMIC_RELAXED);
    if (__atomic_compare_exchange_n(list, &head, after, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
      return chunk;
  }
}

static void push(uint64_t *list, uint32_t chunk) {
  uint64_t head = __atomic_load_n(list, __ATOMIC_RELAXED), after;
  do {
    __atomic_store_n(&pool.next[chunk], (uint32_t)head, __ATOMIC_RELAXED);
    after = ((head >> 32) + 1) << 32 | chunk;
  } while (!__atomic_compare_exchange_n(list, &head, after, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

uint32_t hh_chunk_take(void) {
  uint32_t chunk = pop(&pool.warm_head);
  if (chunk != HH_NO_CHUNK)
    return chunk;
  if ((chunk = pop(&pool.empty_head)) != HH_NO_CHUNK) {
    __atomic_fetch_sub(&pool.empty, 1, __ATOMIC_RELAXED);
    return chunk;
  }
  uint32_t made = __atomic_load_n(&pool.made, __ATOMIC_RELAXED);
  while (made < pool.capacity)
    if (__atomic_compare_exchange_n(&pool.made, &made, made + 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
      return made + 1;
  return HH_NO_CHUNK;
}

void hh_chunk_give(uint32_t chunk) {
  push(&pool.warm_head, chunk);
}

uint64_t *hh_chunk_words(uint32_t chunk) {
  return (uint64_t *)(void *)(pool.base + (size_t)(chunk - 1) * HH_CHUNK_BYTES);
}

bool hh_chunk_exists(uint64_t chunk) {
  return chunk != HH_NO_CHUNK && chunk <= __atomic_load_n(&pool.made, __ATOMIC_RELAXED);
}

static uint32_t with_memory(void) {
  return __atomic_load_n(&pool.made, __ATOMIC_RELAXED) - __atomic_load_n(&pool.empty, __ATOMIC_RELAXED);
}

void hh_chunks_trim(uint32_t want) {
  while (with_memory() > want) {
    uint32_t chunk = pop(&pool.warm_head);
    if (chunk == HH_NO_CHUNK)
      return;
    hh_pages_clear(hh_chunk_words(chunk), HH_CHUNK_BYTES);
    __atomic_fetch_add(&pool.empty, 1, __ATOMIC_RELAXED);
    push(&pool.empty_head, chunk);
  }
}

uint64_t hh_chunks_bytes(void) {
  return (uint64_t)with_memory() * HH_CHUNK_BYTES;
}
