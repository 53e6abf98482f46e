/* threads HOW: events from many threads; prints how many allocations it made, and what count.so counted if it is there.
 *   share   8 threads, each block freed by another thread than the one that made it
 *   churn   3000 threads one after the other, 4 blocks each
 *   small   threads on the smallest stacks
 *   tls     blocks made and freed by destructors of thread-specific data */
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern unsigned long counted_allocations __attribute__((weak)), counted_frees __attribute__((weak));
static atomic_long made;

static void *make(size_t size) {
  atomic_fetch_add(&made, 1);
  void *volatile block = malloc(size);
  return block;
}

/* ---- share */

enum { THREADS = 8, ROUNDS = 20000, SLOTS = 512 };
static _Atomic(void *) slots[SLOTS];

static void *share(void *seed) {
  uint32_t random = (uint32_t)(uintptr_t)seed * 2654435761u + 1;
  for (int i = 0; i < ROUNDS; i++) {
    random = random * 1664525 + 1013904223;
    free(atomic_exchange(&slots[random >> 16 & (SLOTS - 1)], make(16 + (random >> 8 & 255))));
  }
  return NULL;
}

static void share_all(void) {
  pthread_t threads[THREADS];
  for (intptr_t i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, share, (void *)(i + 1));
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  for (int i = 0; i < SLOTS; i++)
    free(slots[i]);
}

/* ---- churn and small stacks */

static void *four_blocks(void *unused) {
  void *blocks[4];
  for (int i = 0; i < 4; i++)
    blocks[i] = make(77);
  for (int i = 0; i < 4; i++)
    free(blocks[i]);
  return unused;
}

static void one_by_one(int count, size_t stack_bytes) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (stack_bytes)
    pthread_attr_setstacksize(&attributes, stack_bytes);
  for (int i = 0; i < count; i++) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, four_blocks, NULL) != 0)
      abort();
    pthread_join(thread, NULL);
  }
}

/* ---- thread-specific data */

enum { KEYS = 6 };
static pthread_key_t keys[KEYS];
static _Thread_local int rounds;

static void destroy(void *block) {
  free(block);
  if (rounds++ < 2 * KEYS)
    pthread_setspecific(keys[rounds % KEYS], make(33)); /* another round of destructors */
}

static void *with_data(void *unused) {
  for (int i = 0; i < KEYS; i++)
    pthread_setspecific(keys[i], make(44));
  return unused;
}

static void data_of_threads(void) {
  for (int i = 0; i < KEYS; i++)
    pthread_key_create(&keys[i], destroy);
  for (int i = 0; i < 50; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, with_data, NULL);
    pthread_join(thread, NULL);
  }
}

int main(int argc, char **argv) {
  const char *how = argc > 1 ? argv[1] : "share";
  if (strcmp(how, "share") == 0)
    share_all();
  else if (strcmp(how, "churn") == 0)
    one_by_one(3000, 0);
  else if (strcmp(how, "small") == 0)
    one_by_one(20, PTHREAD_STACK_MIN > 16384 ? (size_t)PTHREAD_STACK_MIN : 16384);
  else
    data_of_threads();
  static char line[64]; /* written once main has returned */
  setvbuf(stdout, line, _IOFBF, sizeof line);
  printf("%ld %lu %lu\n", (long)made, &counted_allocations ? counted_allocations : 0,
         &counted_frees ? counted_frees : 0);
  return 0;
}
