#include "sample.h"

#include "clock.h"
#include "mode.h"
#include "probes.h"
#include "ring.h"
#include "sample_math.h"

#define LONGEST 0x1p62

/* In glibc only. */
extern const char *gnu_get_libc_version(void) __attribute__((weak));

bool hh_sample_nested;

void hh_sample_init(void) {
  hh_sample_nested = !gnu_get_libc_version;
}

void hh_sample_begin(hh_thread *thread) {
  thread->countdown = thread->sample_bytes = 0;
}

/* A thread at work may overwrite this by what it counted down to: then it goes on with its old interval to its next
 * sample, which says so. Nothing is biased, it only takes longer. */
void hh_sample_interval_changed(void) {
  for (uint32_t i = 1; i <= hh_threads_count(); i++) {
    hh_thread *thread = hh_thread_at(i);
    if (thread)
      __atomic_store_n(&thread->countdown, 0, __ATOMIC_RELAXED); /* and another interval: draws anew */
  }
}

/* splitmix64 */
static uint64_t random_bits(hh_thread *thread) {
  if (!thread->random)
    thread->random = (uintptr_t)thread ^ hh_ring_ticks() << 20 ^ (uint64_t)thread->tid << 44;
  uint64_t z = thread->random += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

static void draw(hh_thread *thread) {
  thread->sample_bytes = hh_mode_sample_bytes();
  double uniform = (double)((random_bits(thread) >> 11) + 1) * 0x1p-53; /* (0, 1] */
  double gap = -hh_ln(uniform) * (double)thread->sample_bytes;
  thread->countdown = (uint64_t)(gap < LONGEST ? gap : LONGEST);
}

static bool is_hit(hh_thread *thread, const void *block, size_t size) {
  if (!thread->countdown && thread->sample_bytes != hh_mode_sample_bytes())
    draw(thread);
  if (size <= thread->countdown) {
    thread->countdown -= size;
    return false;
  }
  uint64_t interval = thread->sample_bytes;
  draw(thread);
  if (hh_sample_set_add(block)) {
    hh_ring_put_sample(thread, interval);
    hh_probe_alloc(block, size, (size_t)((double)size * hh_sample_weight(size, interval) + 0.5));
    return true;
  }
  __atomic_store_n(&thread->lost_samples, thread->lost_samples + 1, __ATOMIC_RELAXED);
  return false;
}

HH_COLD bool hh_sample_takes(hh_thread *thread, const void *block, size_t size) {
  switch (hh_gate.recording) {
  case HH_RECORD_SAMPLED:
    return is_hit(thread, block, size);
  case HH_RECORD_TURNING:
    hh_sample_set_add(block);
    return true;
  default: /* it has changed within this call */
    return hh_gate.recording == HH_RECORD_ALL;
  }
}
