#include "push.h"
#include "../stacks_find.h"
#include "step.h"

#ifndef HH_WEAK_WORDS /* tests only: without the other words the memo must give wrong stacks (adr/0001) */
#define HH_WEAK_WORDS 0
#endif

typedef struct outer_frame { /* the frame that the next one hangs on */
  uint64_t sp, frame;
  uint32_t live; /* its frame register matters further out, so the word it was restored from does too */
} outer_frame;

typedef struct frame_use { /* what a step does with the frame register */
  int reads, restores;
} frame_use;

static inline void add_word(hh_memo_word *word, uint32_t *count, uint64_t address, uint64_t value) {
  word[(*count)++] = (hh_memo_word){(const hh_word *)(uintptr_t)address, (hh_word)value};
}

/* The others of the words that a special step needs, in the reverse of the order in which it reads them. */
static frame_use add_special_words(const hh_fresh_frame *from, const outer_frame *to, int has_outer, hh_memo_word *word,
                                   uint32_t *count) {
  const hh_special *special = &hh_specials[HH_RULE_NUMBER(from->rule)];
  const frame_use use = {special->cfa_base == HH_BASE_FRAME || special->return_base == HH_BASE_FRAME ||
                             special->frame_base == HH_BASE_FRAME,
                         special->frame_base != HH_BASE_SAME};
  if (!has_outer) { /* null ended the walk: a needed word */
    if (special->cfa_deref)
      add_word(word, count,
               hh_special_base(special->cfa_base, 0, from->sp, from->frame) + (uint64_t)(int64_t)special->cfa_offset,
               0);
    return use;
  }
  if (use.restores && to->live && !HH_WEAK_WORDS)
    add_word(word, count,
             hh_special_base(special->frame_base, to->sp, from->sp, from->frame) +
                 (uint64_t)(int64_t)special->frame_offset,
             to->frame);
  if (special->cfa_deref)
    add_word(word, count,
             hh_special_base(special->cfa_base, 0, from->sp, from->frame) + (uint64_t)(int64_t)special->cfa_offset,
             to->sp);
  return use;
}

static frame_use add_rare_words(const hh_fresh_frame *from, const outer_frame *to, int has_outer, hh_memo_word *word,
                                uint32_t *count) {
  switch (HH_RULE_KIND(from->rule)) {
  case HH_RULE_SPECIAL:
    return add_special_words(from, to, has_outer, word, count);
  case HH_RULE_END:
    return (frame_use){0, 0};
  default:
    if (has_outer && to->live && !HH_WEAK_WORDS)
      add_word(word, count, from->frame, to->frame);
    return (frame_use){1, 1};
  }
}

/* Where frame `outer` was returned to from, when the step before it was a special one. */
static uint64_t special_return_at(const hh_fresh_frame *inner, const hh_fresh_frame *outer) {
  const hh_special *special = &hh_specials[HH_RULE_NUMBER(inner->rule)];
  return hh_special_base(special->return_base, outer->sp, inner->sp, inner->frame) +
         (uint64_t)(int64_t)special->return_offset;
}

/* The innermost frame's return address is in the hook's own frame, wherever the compiler put it. Its word is compared
 * with what the hook says, and gets another address before anything reads it there: see hh_memo_relocate. */
static const hh_word hh_memo_innermost;

uint32_t hh_memo_push(hh_memo *memo, hh_stack_cache *cache, uint32_t keep, uint32_t made, uint32_t base, uint64_t frame,
                      uint32_t flags) {
  hh_memo_word *word = memo->word;
  hh_memo_entry *entry = memo->entry + keep;
  uint32_t words = keep ? entry[-1].word + 1 : 0, node = keep ? entry[-1].node : base;
  uint32_t inherited = keep ? entry[-1].flags & (HH_FRAME_GUESSED | HH_FRAME_CUT) : flags;
  outer_frame to = {keep ? entry[-1].sp : 0, frame, keep ? entry[-1].flags & HH_FRAME_LIVE : 0};
  int has_outer = keep != 0;
  for (uint32_t i = made; i-- > 0; has_outer = 1) {
    const hh_fresh_frame *from = &memo->fresh[i];
    const uint32_t kind = HH_RULE_KIND(from->rule);
    frame_use use;
    if (__builtin_expect(kind <= HH_RULE_FRAME, 1)) {
      use.reads = kind == HH_RULE_FRAME;
      use.restores = HH_RULE_SLOT(from->rule) != 0;
      if (use.restores && to.live && !HH_WEAK_WORDS)
        add_word(word, &words, hh_slot_address(to.sp, HH_RULE_SLOT(from->rule)), to.frame);
    } else {
      use = add_rare_words(from, &to, has_outer, word, &words);
    }
    uint64_t return_at = i || !HH_LINK_REGISTER ? hh_memo_return_at(from) : (uint64_t)(uintptr_t)&hh_memo_innermost;
    if (__builtin_expect(from->flags & HH_FRAME_BY_SPECIAL, 0))
      return_at = special_return_at(from - 1, from);
    if (__builtin_expect(hh_pc(from->pc) >= HH_LOWEST_PC, 1)) { /* else it is what ended the walk, not a frame */
      node = hh_stacks_find(node, hh_pc(from->pc) - 1 + (from->flags / HH_FRAME_INTERRUPTED & 1), cache);
      if (__builtin_expect(!node, 0))
        return 0;
    }
    to = (outer_frame){from->sp, from->frame, use.reads ? HH_FRAME_LIVE : use.restores ? 0 : to.live};
    inherited |= from->flags & HH_FRAME_GUESSED;
    *entry++ = (hh_memo_entry){from->sp, from->frame, node, words, from->flags | to.live | inherited};
    add_word(word, &words, return_at, from->pc);
  }
  return node;
}
