#include "notes.h"

#include <string.h>

#include "clock.h"
#include "process.h"

static struct {
  uint64_t claimed, taken; /* ever */
  uint64_t lost;
  struct {
    uint64_t ready; /* 1 + how many were claimed before it */
    hh_note note;
  } slot[HH_NOTES];
} notes;

bool hh_note_put(const hh_note *note) {
  uint64_t mine = __atomic_load_n(&notes.claimed, __ATOMIC_RELAXED);
  do {
    /* acquire; pairs with the release in hh_note_take: the slot has been read */
    if (mine - __atomic_load_n(&notes.taken, __ATOMIC_ACQUIRE) >= HH_NOTES)
      return false;
  } while (!__atomic_compare_exchange_n(&notes.claimed, &mine, mine + 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  notes.slot[mine % HH_NOTES].note = *note;
  __atomic_store_n(&notes.slot[mine % HH_NOTES].ready, mine + 1, __ATOMIC_RELEASE); /* pairs with the acquire below */
  return true;
}

bool hh_notes_pending(void) {
  return __atomic_load_n(&notes.slot[notes.taken % HH_NOTES].ready, __ATOMIC_ACQUIRE) == notes.taken + 1;
}

bool hh_note_take(hh_note *note) {
  if (!hh_notes_pending())
    return false;
  *note = notes.slot[notes.taken % HH_NOTES].note;
  __atomic_store_n(&notes.taken, notes.taken + 1, __ATOMIC_RELEASE);
  return true;
}

void hh_notes_clear(void) {
  memset(&notes, 0, sizeof notes);
}

uint64_t hh_notes_lost(void) {
  return __atomic_exchange_n(&notes.lost, 0, __ATOMIC_RELAXED);
}

void hh_marker_put(uint32_t number, const char *label) {
  if (!hh_gate.alive)
    return;
  hh_note note = {.ticks = hh_ring_ticks(), .type = HH_NOTE_MARKER, .marker = {.number = number}};
  if (label)
    note.marker.length = (uint32_t)strnlen(label, HH_MARKER_LABEL);
  if (note.marker.length)
    memcpy(note.marker.label, label, note.marker.length);
  if (!hh_note_put(&note))
    __atomic_fetch_add(&notes.lost, 1, __ATOMIC_RELAXED);
}
