#include "disorder.h"

#include <string.h>

static void remove_parked(hh_disorder *disorder, uint32_t index) {
  hh_parked_block *at = &disorder->parked[index];
  memmove(at, at + 1, (--disorder->parked_count - index) * sizeof *at);
}

static void remove_early(hh_disorder *disorder, uint32_t index) {
  hh_early_free *at = &disorder->early[index];
  memmove(at, at + 1, (--disorder->early_count - index) * sizeof *at);
}

void hh_disorder_park(hh_disorder *disorder, const hh_live_block *block, uint64_t reused_at, uint32_t thread) {
  disorder->parked[disorder->parked_count++] =
      (hh_parked_block){.block = *block, .reused_at = reused_at, .pass = disorder->pass, .thread = thread};
}

void hh_disorder_wait(hh_disorder *disorder, const hh_event *deallocation) {
  disorder->early[disorder->early_count++] = (hh_early_free){.event = *deallocation, .pass = disorder->pass};
}

bool hh_disorder_take_parked(hh_disorder *disorder, uint64_t key, uint64_t time, hh_live_block *block) {
  for (uint32_t i = disorder->parked_count; i-- > 0;) {
    const hh_live_block *is = &disorder->parked[i].block;
    if (is->key != key || is->time > time)
      continue;
    *block = *is;
    remove_parked(disorder, i);
    return true;
  }
  return false;
}

bool hh_disorder_take_early(hh_disorder *disorder, uint64_t key, uint64_t time, const hh_thread *thread,
                            hh_event *deallocation) {
  for (uint32_t i = 0; i < disorder->early_count; i++) {
    const hh_event *is = &disorder->early[i].event;
    if (is->key != key || time > is->time + HH_DOUBT || is->thread == thread)
      continue;
    *deallocation = *is;
    remove_early(disorder, i);
    return true;
  }
  return false;
}

static bool too_long(const hh_disorder *disorder, uint64_t since, uint32_t count) {
  return count == HH_WAITING || since + HH_PATIENT_PASSES < disorder->pass;
}

bool hh_disorder_give_up_parked(hh_disorder *disorder, hh_parked_block *parked) {
  if (!disorder->parked_count || !too_long(disorder, disorder->parked[0].pass, disorder->parked_count))
    return false;
  *parked = disorder->parked[0];
  remove_parked(disorder, 0);
  return true;
}

bool hh_disorder_give_up_early(hh_disorder *disorder, hh_event *deallocation) {
  if (!disorder->early_count || !too_long(disorder, disorder->early[0].pass, disorder->early_count))
    return false;
  *deallocation = disorder->early[0].event;
  remove_early(disorder, 0);
  return true;
}
