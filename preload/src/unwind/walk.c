#include "../stacks_find.h"
#include "loader.h"
#include "memo.h"
#include "push.h"
#include "rules.h"
#include "step.h"
#include "unwind.h"
#include "verify.h"
#include "walk_end.h"

/* Tests only: with either the memo must give wrong stacks (docs/adr/0001). */
#ifndef HH_WEAK_MATCH /* the live frame register is not compared */
#define HH_WEAK_MATCH 0
#endif
#ifndef HH_WEAK_INTERRUPTED /* frames that a signal interrupted may match */
#define HH_WEAK_INTERRUPTED 0
#endif

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* A deeper stack is cut to its innermost CUT_FRAMES frames. It may then grow to CUT_FRAMES_MAX or shrink to
 * CUT_FRAMES_MIN by the memo before the next walk from scratch, so deep recursion costs one such walk (0.2 ms) per
 * hundreds of calls. Far fewer than the limit: the memo verifies what it keeps at every allocation, 14 us of it when
 * it kept 12,288 frames. */
enum { CUT_FRAMES = HH_MAX_FRAMES / 16, CUT_FRAMES_MIN = CUT_FRAMES / 2, CUT_FRAMES_MAX = CUT_FRAMES * 2 };

/* Of the small cache; new frames are misses too. */
enum { MISSES_TO_GROW = 256 };

enum outcome {
  WALKED, /* to the outermost frame, or to a remembered one */
  LOST,   /* no way on from the last frame; the state alone says so */
  BROKEN, /* no way on; nothing of this walk may be remembered */
  DEEP,   /* more frames than a stack may have */
  FULL,   /* needs the full walker */
  AGAIN,  /* rules changed on the way, or the memo cannot serve */
};

typedef struct walk_run {
  uint32_t keep;   /* entries of the memo that hold */
  uint32_t made;   /* fresh frames */
  uint64_t frame;  /* frame register in the innermost kept frame */
  uint32_t forget; /* do not remember this walk */
  enum hh_asking asking;
} walk_run;

static inline int matches(const hh_memo_entry *entry, const hh_memo_word *word, const hh_state *state) {
  /* The pc of an interrupted frame was read from the signal frame inside it, not from its own stack slot: no match
   * there. */
  const uint32_t never = HH_WEAK_INTERRUPTED ? 0 : HH_FRAME_INTERRUPTED | HH_FRAME_BY_SPECIAL;
  return entry->sp == state->sp && word[entry->word].value == state->pc && !((entry->flags | state->flags) & never) &&
         (HH_WEAK_MATCH || !(entry->flags & HH_FRAME_LIVE) || entry->frame == state->frame);
}

/* The cache has no rule. Finding one may read the module list again: then what is remembered was walked by other rules.
 */
static __attribute__((noinline, cold)) hh_rule find_rule(const hh_memo *memo, walk_run *run, uint64_t address) {
  hh_rule rule = hh_rule_find(address, run->asking);
  if (HH_RULE_KIND(rule) == HH_RULE_UNKNOWN)
    run->forget = 1;
  return __atomic_load_n(&hh_rules_epoch, __ATOMIC_ACQUIRE) == memo->epoch ? rule : 0;
}

/* The frame register may be anything: is what it points to further out, and known to be readable? */
static inline int frame_is_near(uint64_t cfa, uint64_t slot, uint64_t sp, uint64_t start, uint64_t room) {
  return cfa > sp && !(cfa & (HH_WORD - 1)) && hh_slot_address(cfa, slot) - start < room;
}

/* The CFA is outside the known part of the stack, or not further out than sp. */
static __attribute__((noinline, cold)) int reach(hh_memo *memo, uint64_t cfa, uint64_t sp, hh_rule rule) {
  if (cfa <= sp)
    return 0;
  if (HH_LINK_REGISTER && !hh_readable_check(&memo->readable, hh_slot_address(cfa, HH_RULE_RETURN(rule))))
    return 0;
  if (HH_RULE_SLOT(rule) && !hh_readable_check(&memo->readable, hh_slot_address(cfa, HH_RULE_SLOT(rule))))
    return 0;
  return hh_readable_check(&memo->readable, hh_slot_address(cfa, 1));
}

/* Takes one step; kept out of line to leave registers to the common rules. */
static __attribute__((noinline, cold)) enum outcome step_rare(hh_memo *memo, walk_run *run, hh_rule rule,
                                                              hh_state *state) {
  switch (hh_step_rare(&memo->readable, rule, state)) {
  case HH_STEP_ON:
    if (memo->readable.doubt || (HH_LINK_REGISTER && HH_RULE_KIND(rule) != HH_RULE_SPECIAL))
      run->forget = 1; /* a guess: what it read may go away, or is not where a rule says */
    return AGAIN;
  case HH_STEP_END:
    return WALKED;
  case HH_STEP_LOST:
    return LOST;
  case HH_STEP_FULL:
    return FULL;
  default:
    return BROKEN;
  }
}

/* Walks outwards from the caller of `frame` until a remembered state is met whose outer words all hold. The memo's
 * entries below `remembered` are those of the walk before. */
static inline __attribute__((always_inline)) enum outcome follow(hh_memo *memo, void *const *frame, uint32_t remembered,
                                                                 walk_run *run) {
  hh_state state = hh_state_of_caller(frame);
  const hh_memo_entry *entry = memo->entry;
  const hh_memo_word *word = memo->word;
  hh_fresh_frame *fresh = memo->fresh;
  const hh_readable_range *range = hh_readable_now(&memo->readable);
  uint64_t start = range->start, room = hh_readable_room(range);
  uint64_t call = (uint64_t)-1; /* pc + call is the call address: 0 where a signal interrupted */
  int k = (int)remembered - 1;
  uint32_t made = 0, capacity = memo->capacity;
  enum outcome outcome;
  run->keep = 0;
  for (;;) {
    while (k >= 0 && entry[k].sp < state.sp)
      k--;
    if (k >= 0 && matches(&entry[k], word, &state)) {
      uint32_t changed = hh_verify(word, entry[k].word);
      if (likely(!changed)) {
        hh_memo_relocate(memo, &entry[k], made);
        run->keep = (uint32_t)k + 1;
        outcome = WALKED;
        break;
      }
      k = hh_memo_outside(entry, k, changed - 1);
    }
    if (unlikely(made == capacity)) {
      outcome = made == HH_MAX_FRAMES ? DEEP : BROKEN;
      if (outcome == DEEP || hh_memo_grow(memo))
        break;
      entry = memo->entry;
      word = memo->word;
      fresh = memo->fresh;
      capacity = memo->capacity;
    }
    hh_rule rule = hh_rule_cached(hh_pc(state.pc) + call);
    if (unlikely(!rule)) {
      rule = find_rule(memo, run, hh_pc(state.pc) + call);
      outcome = AGAIN;
      if (!rule)
        break;
    }
    fresh[made++] = (hh_fresh_frame){state.pc, state.sp, state.frame, rule, state.flags};
    if (likely(HH_RULE_KIND(rule) <= HH_RULE_FRAME)) {
      const uint64_t slot = HH_RULE_SLOT(rule);
      uint64_t cfa = state.sp;
      /* A branch, not a select: it takes the load of the rule out of the chain of dependent loads. */
      if (unlikely(rule & HH_RULE_FRAME)) {
        cfa = state.frame;
        if (unlikely(!frame_is_near(cfa + HH_RULE_OFFSET(rule), slot, state.sp, start, room)))
          cfa = 0; /* take the slow way */
      }
      __asm__("" : "+r"(cfa));
      cfa += HH_RULE_OFFSET(rule);
      if (unlikely(hh_slot_address(cfa, 1) - start >= room)) {
        if (rule & HH_RULE_FRAME)
          cfa = state.frame + HH_RULE_OFFSET(rule);
        outcome = BROKEN;
        if (!reach(memo, cfa, state.sp, rule))
          break;
        range = hh_readable_now(&memo->readable);
        start = range->start;
        room = hh_readable_room(range);
      }
      const hh_word *top = (const hh_word *)(uintptr_t)hh_slot_address(cfa, 0);
      uint64_t saved = top[-(int64_t)(slot | !slot)], keep = (uint64_t)(slot != 0) - 1;
      state.frame = (saved & ~keep) | (state.frame & keep);
      state.pc = top[-(int64_t)HH_RULE_RETURN(rule)];
      state.sp = cfa;
      state.flags = 0;
      call = (uint64_t)-1;
    } else {
      hh_state rare = state;
      outcome = step_rare(memo, run, rule, &rare);
      if (outcome != AGAIN)
        break;
      state = rare;
      call = state.flags & HH_FRAME_INTERRUPTED ? 0 : (uint64_t)-1;
      range = hh_readable_now(&memo->readable);
      start = range->start;
      room = hh_readable_room(range);
      if (memo->readable.doubt)
        k = -1;
    }
    if (unlikely(hh_pc(state.pc) < HH_LOWEST_PC)) {
      /* The word that ended the walk is needed like any return address. */
      if (likely(made < capacity))
        fresh[made++] = (hh_fresh_frame){state.pc, state.sp, state.frame, HH_RULE_MAKE(HH_RULE_END, 0, 0), state.flags};
      else
        run->forget = 1;
      outcome = state.pc ? LOST : WALKED;
      break;
    }
  }
  run->made = made;
  run->frame = state.frame;
  return outcome;
}

/* Can the memo serve a stack of this many frames? See CUT_FRAMES. */
static inline int fits(const hh_memo *memo, const walk_run *run) {
  uint32_t frames = run->keep + run->made;
  if (!run->keep)
    return 1;
  if (unlikely(memo->is_cut))
    return frames >= CUT_FRAMES_MIN && frames < CUT_FRAMES_MAX;
  return likely(frames < HH_MAX_FRAMES);
}

/* Makes entries of the fresh frames and remembers the walk, if it may be. */
static inline uint32_t remember(hh_walker *walker, walk_run *run, enum outcome outcome, uint32_t root) {
  hh_memo *memo = walker->memo;
  uint32_t base = root, cut = 0;
  if (unlikely(outcome != WALKED)) {
    base = hh_stacks_find(root, HH_STACK_CUT, walker->cache);
    cut = HH_FRAME_CUT;
    if (outcome == DEEP)
      run->made = CUT_FRAMES;
    if (!base)
      return hh_walk_none(walker);
  }
  while (unlikely(run->keep + run->made > memo->capacity)) { /* at most HH_MAX_FRAMES: fits() */
    if (hh_memo_grow(memo))
      return hh_walk_none(walker);
  }
  if (!run->keep)
    memo->is_cut = outcome == DEEP;
  uint32_t node = hh_memo_push(memo, walker->cache, run->keep, run->made, base, run->frame, cut);
  if (unlikely(!node))
    return hh_walk_none(walker);
  if (unlikely(walker->cache->misses >= MISSES_TO_GROW))
    hh_walker_grow(walker);
  uint32_t frames = run->keep + run->made;
  memo->count = outcome == BROKEN || run->forget ? 0 : frames;
  return hh_walk_report(walker, node, memo->entry[frames - 1].flags);
}

/* Announced by the loader's own calls to malloc and free; looked at once it is left. */
static __attribute__((noinline, cold)) void loader_changed(uint64_t pc) {
  if (!hh_loader_contains(pc))
    hh_loader_refresh(0, 0);
}

uint32_t hh_walk(hh_walker *walker, void *const *frame) {
  hh_memo *memo = walker->memo;
  const uint64_t pc = hh_pc(hh_caller_pc(frame));
  if (unlikely(__atomic_load_n(&hh_loader_changes, __ATOMIC_ACQUIRE) !=
               __atomic_load_n(&hh_loader_seen, __ATOMIC_RELAXED)))
    loader_changed(pc);
  hh_readable_enter(&memo->readable, (uint64_t)(uintptr_t)frame);
  walk_run run = {.asking = hh_asking_of(pc)};
  uint32_t remembered = memo->count;
  /* Empty while it is being changed: a signal handler may leave this walk by siglongjmp. */
  memo->count = 0;
  for (;;) {
    uint64_t epoch = __atomic_load_n(&hh_rules_epoch, __ATOMIC_ACQUIRE);
    if (unlikely(memo->epoch != epoch))
      remembered = 0;
    memo->epoch = epoch;
    run.forget = 0;
    const uint32_t root = hh_stacks_root();
    enum outcome outcome = follow(memo, frame, remembered, &run);
    remembered = 0;
    if (likely(outcome == WALKED)) {
      if (unlikely(!fits(memo, &run)))
        continue;
      if (likely(!run.made)) {
        memo->count = run.keep;
        return hh_walk_report(walker, memo->entry[run.keep - 1].node, memo->entry[run.keep - 1].flags);
      }
    } else if (outcome == AGAIN) {
      continue;
    } else if (outcome == FULL) {
      return hh_walk_interpreted(walker, frame, root, run.asking);
    }
    return remember(walker, &run, outcome, root);
  }
}
