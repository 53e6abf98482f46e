#include "memo.h"
#include "../arena.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>

_Static_assert(HH_MEMO_FIRST_FRAMES << 9 == HH_MAX_FRAMES, "doubling ends at the limit");
_Static_assert(sizeof(hh_memo_entry) == 32 && sizeof(hh_memo_word) == 2 * HH_WORD && sizeof(hh_fresh_frame) == 32,
               "112 bytes per frame: three loads of a line for the usual depths");

static const hh_word guard_word;

static size_t block_bytes(uint32_t capacity) {
  return capacity * (sizeof(hh_memo_entry) + sizeof(hh_fresh_frame)) +
         (capacity * HH_MEMO_WORDS_PER_FRAME + HH_MEMO_GUARD_WORDS) * sizeof(hh_memo_word);
}

static void lay_out(hh_memo *memo, char *block, uint32_t capacity) {
  memo->capacity = capacity;
  memo->entry = (hh_memo_entry *)(void *)block;
  memo->fresh = (hh_fresh_frame *)(void *)(block + capacity * sizeof(hh_memo_entry));
  memo->word = (hh_memo_word *)(void *)(memo->fresh + capacity);
  for (int i = 0; i < HH_MEMO_GUARD_WORDS; i++)
    *memo->word++ = (hh_memo_word){&guard_word, 0};
}

size_t hh_memo_first_bytes(void) {
  return block_bytes(HH_MEMO_FIRST_FRAMES);
}

void hh_memo_init(hh_memo *memo, void *first) {
  lay_out(memo, first, HH_MEMO_FIRST_FRAMES);
}

int hh_memo_grow(hh_memo *memo) {
  const hh_memo old = *memo;
  void *block = hh_pages(block_bytes(old.capacity * 2), "stack memo");
  if (!block)
    return -ENOMEM;
  lay_out(memo, block, old.capacity * 2);
  memo->block = block;
  memcpy(memo->entry, old.entry, old.capacity * sizeof *old.entry);
  memcpy(memo->fresh, old.fresh, old.capacity * sizeof *old.fresh);
  memcpy(memo->word, old.word, old.capacity * HH_MEMO_WORDS_PER_FRAME * sizeof *old.word);
  if (old.block)
    hh_pages_free(old.block, block_bytes(old.capacity));
  return 0;
}
