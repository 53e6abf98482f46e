#include "losses.h"

#include "notes.h"
#include "thread.h"

static uint64_t homeless;

void hh_losses_count_homeless(void) {
  __atomic_fetch_add(&homeless, 1, __ATOMIC_RELAXED);
}

/* The counter only grows; what is new since *seen. */
static uint64_t news(const uint64_t *counter, uint64_t *seen) {
  uint64_t now = __atomic_load_n(counter, __ATOMIC_RELAXED), new = now - *seen;
  *seen = now;
  return new;
}

static void gather_walks(hh_losses *losses, hh_walk_losses *walks) {
  hh_losses_add(losses, HH_LOSS_NO_STACK, __atomic_exchange_n(&walks->no_stack, 0, __ATOMIC_RELAXED), 0);
  hh_losses_add(losses, HH_LOSS_TRUNCATED_STACK, __atomic_exchange_n(&walks->truncated, 0, __ATOMIC_RELAXED), 0);
  hh_losses_add(losses, HH_LOSS_GUESSED_FRAME, __atomic_exchange_n(&walks->guessed, 0, __ATOMIC_RELAXED), 0);
}

void hh_losses_gather(hh_losses *losses) {
  for (uint32_t i = 1; i <= hh_threads_count(); i++) {
    hh_thread *thread = hh_thread_at(i);
    if (!thread)
      continue;
    uint64_t bytes = news(&thread->lost_bytes, &thread->seen_lost_bytes);
    hh_losses_add(losses, HH_LOSS_RING_FULL, news(&thread->lost_events, &thread->seen_lost_events), bytes);
    hh_losses_add(losses, HH_LOSS_BUSY, news(&thread->busy_events, &thread->seen_busy_events), 0);
    hh_losses_add(losses, HH_LOSS_SAMPLE_SET_FULL, news(&thread->lost_samples, &thread->seen_lost_samples), 0);
    if (__atomic_load_n(&thread->walker.losses.no_stack, __ATOMIC_RELAXED) |
        __atomic_load_n(&thread->walker.losses.truncated, __ATOMIC_RELAXED) |
        __atomic_load_n(&thread->walker.losses.guessed, __ATOMIC_RELAXED))
      gather_walks(losses, &thread->walker.losses);
  }
  hh_losses_add(losses, HH_LOSS_RING_FULL, __atomic_exchange_n(&homeless, 0, __ATOMIC_RELAXED), 0);
  hh_losses_add(losses, HH_LOSS_MARKER, hh_notes_lost(), 0);
}
