/* Sampling by a Poisson process over allocated bytes: each byte is hit with probability 1 / interval, an allocation is
 * recorded when one of its bytes is. A thread counts down to its next hit, so that an allocation that is not recorded
 * costs a subtraction. What is recorded stands for 1 / (1 - exp(-size / interval)) allocations of its size: on average
 * that is exactly what there was (docs/adr/0011-sampling.md). Zero bytes are never hit. */
#ifndef HH_SAMPLE_H
#define HH_SAMPLE_H
#include "common.h"
#include "probes.h"
#include "process.h"
#include "sample_set.h"
#include "thread.h"

/* Some libcs' calloc, realloc and aligned functions call malloc, which would count their bytes twice. */
extern bool hh_sample_nested;

void hh_sample_init(void);
/* Threads draw anew with the interval that is in force now. */
void hh_sample_interval_changed(void);
/* For a new thread: draws when it first allocates. */
void hh_sample_begin(hh_thread *thread);

/* Is this block to be recorded, when not everything is? If so, tells the ring and remembers the address. */
bool hh_sample_takes(hh_thread *thread, const void *block, size_t size);

/* Is this allocation of no interest? Hooks ask when hh_gate.recording is not HH_RECORD_ALL. */
HH_INLINE bool hh_skips_alloc(size_t size) {
  uint32_t recording = hh_gate.recording;
  if (HH_LIKELY(recording == HH_RECORD_SAMPLED)) {
    hh_thread *thread = hh_self;
    if (HH_UNLIKELY(!thread) || HH_UNLIKELY(size > thread->countdown))
      return false;
    thread->countdown -= size;
    return true;
  }
  return recording == HH_RECORD_DORMANT;
}

HH_INLINE bool hh_skips_free(const void *block) {
  uint32_t recording = hh_gate.recording;
  if (HH_LIKELY(recording == HH_RECORD_SAMPLED))
    return !hh_sample_set_may_have(block);
  return recording == HH_RECORD_DORMANT;
}

/* For calloc and the like. */
HH_INLINE bool hh_skips_nested(size_t size) {
  return (!hh_sample_nested || hh_gate.recording == HH_RECORD_DORMANT) && hh_skips_alloc(size);
}

/* Is this deallocation to be recorded, when not everything is? */
HH_INLINE bool hh_sample_takes_free(const void *block) {
  int watched = hh_sample_set_remove(block); /* in doubt yes: the sender knows which blocks there are */
  if (watched == 1)
    hh_probe_free(block);
  return watched != 0 || hh_gate.recording == HH_RECORD_TURNING;
}
#endif
