/* The set of sampled addresses, by several threads at once. */
#include "sample_set.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "check.h"
#include "sys/sys.h"

enum { THREADS = 4, ADDRESSES = 3000, ROUNDS = 20 };

static const void *address(unsigned long number) {
  return (const void *)(0x7f0000001000 + number * 0x9e370);
}

static unsigned long wrong[THREADS];

/* Under the sanitizer, on a busy machine, a thread may well be interrupted while it holds a slot. */
static void add(const void *block) {
  while (!hh_sample_set_add(block))
    sched_yield();
}

static int remove_surely(const void *block) {
  int removed;
  while ((removed = hh_sample_set_remove(block)) == -EBUSY)
    sched_yield();
  return removed;
}

static void *work(void *argument) {
  unsigned long me = (unsigned long)argument;
  for (int round = 0; round < ROUNDS; round++) {
    for (unsigned long i = 0; i < ADDRESSES; i++)
      add(address(i * THREADS + me));
    for (unsigned long i = 0; i < ADDRESSES; i++)
      wrong[me] += !hh_sample_set_may_have(address(i * THREADS + me));
    for (unsigned long i = 0; i < ADDRESSES; i++)
      wrong[me] += remove_surely(address(i * THREADS + me)) != 1;
  }
  return NULL;
}

int main(void) {
  CHECK("init", hh_sample_set_init() == 0);
  CHECK("empty", !hh_sample_set_may_have(address(1)) && !hh_sample_set_remove(address(1)));
  CHECK("twice", hh_sample_set_add(address(1)) && hh_sample_set_add(address(1)) && hh_sample_set_add_once(address(1)));
  CHECK("twice", hh_sample_set_remove(address(1)) && hh_sample_set_remove(address(1)));
  CHECK("gone", !hh_sample_set_remove(address(1)) && !hh_sample_set_may_have(address(1)));
  pthread_t threads[THREADS];
  for (unsigned long i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, work, (void *)i);
  for (unsigned long i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    CHECK("threads", wrong[i] == 0);
  }
  unsigned long left = 0;
  for (unsigned long i = 0; i < ADDRESSES * THREADS; i++)
    left += hh_sample_set_may_have(address(i));
  CHECK("nothing is left", left == 0);
  hh_sample_set_add(address(2));
  hh_sample_set_clear();
  CHECK("clear", !hh_sample_set_may_have(address(2)));
  return hh_check_end();
}
