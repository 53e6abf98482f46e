/* Threads that intern the same paths at once get the same ids (under the thread sanitizer). */
#include "check.h"
#include "stacks.h"
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

enum { THREADS = 4, PATHS = 3000, DEPTH = 12 };

static uint32_t ids[THREADS][PATHS];
static pthread_barrier_t start;

static uint64_t address_at(uint32_t path, int level) {
  uint32_t hash = (path >> level) * 2654435761u + (uint32_t)level * 40503u; /* paths share their outer frames */
  return 0x400000 + (hash >> 12);
}

static void *intern(void *argument) {
  uint32_t *out = argument;
  hh_stack_cache *cache = calloc(1, sizeof *cache);
  cache->shift = 64 - HH_STACK_CACHE_LARGE;
  pthread_barrier_wait(&start);
  for (uint32_t path = 0; path < PATHS; path++) {
    uint32_t node = hh_stacks_root();
    for (int level = DEPTH; level-- > 0;)
      node = hh_stacks_child(node, address_at(path, level), cache);
    out[path] = node;
  }
  free(cache);
  return NULL;
}

static int by_key(const void *a, const void *b) {
  const hh_stack_node *x = a, *y = b;
  if (x->parent != y->parent)
    return x->parent < y->parent ? -1 : 1;
  return x->address < y->address ? -1 : x->address > y->address;
}

int main(void) {
  pthread_t threads[THREADS];
  CHECK("init", hh_stacks_init() == 0);
  pthread_barrier_init(&start, NULL, THREADS);
  for (int i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, intern, ids[i]);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  int equal = 0, right = 0;
  for (uint32_t path = 0; path < PATHS; path++) {
    for (int i = 1; i < THREADS; i++)
      equal += ids[i][path] == ids[0][path];
    uint32_t node = ids[0][path];
    int level = 0;
    while (level < DEPTH && hh_stacks_node(node)->address == address_at(path, level))
      node = hh_stacks_node(node)->parent, level++;
    right += level == DEPTH && node == hh_stacks_root();
  }
  CHECK("every thread got the same ids", equal == PATHS * (THREADS - 1));
  CHECK("which are the paths", right == PATHS);

  uint32_t count = hh_stacks_count();
  hh_stack_node *nodes = malloc((count + 1) * sizeof *nodes);
  for (uint32_t id = 1; id <= count; id++)
    nodes[id] = *hh_stacks_node(id);
  qsort(nodes + 1, count, sizeof *nodes, by_key);
  int twice = 0;
  for (uint32_t i = 2; i <= count; i++)
    twice += !by_key(&nodes[i - 1], &nodes[i]);
  CHECK("no node exists twice", twice == 0);
  free(nodes);
  return hh_check_end();
}
