/* What a thread remembers of its last walk: the state at every frame and every word of memory that the walk depended on
 * (docs/adr/0001-unwinding.md has the theorem). */
#ifndef HH_UNWIND_MEMO_H
#define HH_UNWIND_MEMO_H
#include "readable.h"
#include "rule.h"
#include "unwind.h"
#include <stddef.h>
#include <stdint.h>

enum hh_frame_flags {
  HH_FRAME_LIVE = 1,        /* the frame register's value here reaches an address further out */
  HH_FRAME_INTERRUPTED = 2, /* stopped between two instructions by a signal: its pc is exact */
  HH_FRAME_BY_SPECIAL = 4,  /* reached by a special rule: its pc was not read from a slot of a common rule */
  HH_FRAME_GUESSED = 8,     /* this one or one further out was reached by a guess */
  HH_FRAME_CUT = 16,        /* frames are missing at the outer end */
};

/* Entries run from the outermost frame inwards. entry[i].word is the index of the word that held its pc (the return
 * address that the next inner step read); the other words that the step from i outwards needed lie right before it:
 *
 *   words:  pc 0 | others of step 1->0 | pc 1 | others of step 2->1 | pc 2 ...
 *
 * so "everything that entry i's outer chain depends on" is words[0 .. entry[i].word), innermost last. */
typedef struct hh_memo_entry {
  uint64_t sp, frame; /* frame register: meaningful only where LIVE */
  uint32_t node, word;
  uint32_t flags;
} hh_memo_entry;

typedef struct hh_memo_word {
  const hh_word *address;
  hh_word value;
} hh_memo_word;

/* A frame walked afresh, innermost first, until it is pushed onto the entries. */
typedef struct hh_fresh_frame {
  uint64_t pc, sp, frame;
  hh_rule rule;
  uint32_t flags;
} hh_fresh_frame;

enum {
  HH_MEMO_FIRST_FRAMES = 32,
  HH_MEMO_WORDS_PER_FRAME = 3,
  HH_MEMO_GUARD_WORDS = 4, /* equal to themselves; verifying goes in steps of four */
};

typedef struct hh_memo {
  hh_memo_entry *entry;
  hh_memo_word *word; /* behind the guard words */
  hh_fresh_frame *fresh;
  uint32_t count;    /* entries; 0 = nothing remembered */
  uint32_t capacity; /* frames */
  uint64_t epoch;    /* of the rules that the walk used */
  void *block;       /* NULL: the first one */
  uint8_t is_cut;    /* the depth limit cut it: entry[0] is not the outermost frame of the thread */
  hh_readable readable;
} hh_memo;

/* Bytes of zeroed memory that a memo begins with, and never gives back. */
size_t hh_memo_first_bytes(void);
void hh_memo_init(hh_memo *memo, void *first);
/* The thread meets more different frames than its cache has room for. */
void hh_walker_grow(hh_walker *walker);
/* Twice the frames; keeps entries, words and fresh frames. 0 or -ENOMEM. */
int hh_memo_grow(hh_memo *memo);
#endif
