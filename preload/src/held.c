#include "held.h"

#include <errno.h>

#include "arena.h"

enum { MAX_NOTES = 1 << 17 };

static struct {
  hh_held *notes; /* from 1; a free one's `before` is the next free one */
  uint32_t made, free;
} held;

int hh_held_init(void) {
  held.notes = hh_pages_reserve((MAX_NOTES + 1) * sizeof *held.notes, "heaphound held");
  return held.notes ? 0 : -ENOMEM;
}

void hh_held_clear(void) {
  held.made = held.free = 0;
}

uint64_t hh_held_bytes(void) {
  return held.made * sizeof *held.notes;
}

bool hh_held_room(void) {
  return held.free || held.made < MAX_NOTES;
}

uint32_t hh_held_keep(const hh_held *dead) {
  uint32_t note = held.free;
  if (note)
    held.free = held.notes[note].before;
  else if (held.made < MAX_NOTES)
    note = ++held.made;
  if (note)
    held.notes[note] = *dead;
  return note;
}

hh_held hh_held_take_note(uint32_t note) {
  hh_held taken = held.notes[note];
  held.notes[note].before = held.free;
  held.free = note;
  return taken;
}

uint64_t hh_held_tag(const hh_event *event, uint32_t before) {
  if (event->kind == HH_KIND_MALLOC)
    return HH_HELD | event->thread_number;
  hh_held said = {.thread = event->thread_number,
                  .root_time = before ? held.notes[before].root_time : event->time,
                  .before = before,
                  .kind = event->kind,
                  .align_log2 = event->align_log2};
  uint32_t note = hh_held_keep(&said);
  return note ? HH_HELD | HH_NOTED | note : 0;
}

hh_held hh_held_take(const hh_live_block *block) {
  uint64_t said = block->number & ~(HH_HELD | HH_NOTED);
  hh_held all = {.thread = (uint32_t)said, .root_time = block->time};
  if (block->number & HH_NOTED)
    all = hh_held_take_note((uint32_t)said);
  all.key = block->key;
  all.time = block->time;
  all.size = block->size;
  all.stack = block->stack;
  return all;
}

uint64_t hh_held_root_time(const hh_live_block *block) {
  return block->number & HH_NOTED ? held.notes[(uint32_t)block->number].root_time : block->time;
}

uint32_t hh_held_oldest_first(uint32_t newest) {
  uint32_t younger = 0;
  while (newest) {
    uint32_t older = held.notes[newest].before;
    held.notes[newest].before = younger;
    younger = newest;
    newest = older;
  }
  return younger;
}
