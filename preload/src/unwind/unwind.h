/* Stack walks by compiled .eh_frame rules behind a validated memo (docs/adr/0001-unwinding.md). Nothing on the
 * application's stack is changed. */
#ifndef HH_UNWIND_H
#define HH_UNWIND_H
#include "../stacks.h"
#include "frame.h"
#include "loader_watch.h"
#include <stddef.h>
#include <stdint.h>

enum { HH_MAX_FRAMES = 16384 };

/* Counters of one walker; the owner reads and clears them with relaxed atomics. */
typedef struct hh_walk_losses {
  uint32_t no_stack, truncated, guessed;
} hh_walk_losses;

/* Per-thread memory of the last walk. Grows on demand from hh_pages; four and a half KiB at first. */
typedef struct hh_walker {
  struct hh_memo *memo;
  hh_walk_losses losses;
  hh_stack_cache *cache;
} hh_walker;

/* The environment as the kernel made it, right above the main stack's first frame. Before hh_unwind_init. */
void hh_unwind_note_main_stack(char **environment);
int hh_unwind_init(void);                /* once, before the first walk; 0 or -errno */
int hh_walker_init(hh_walker *walker);   /* 0 or -errno */
void hh_walker_reset(hh_walker *walker); /* forget the last walk (thread record reused, fork) */

/* The stack that called the function whose frame `frame` is: a node id, 0 if there is none
 * (counted). frame: what HH_FRAME() gave in that function (frame.h).
 * Not re-entrant per walker; async-signal-safe otherwise. Takes no lock that the loader or the application may hold. */
uint32_t hh_walk(hh_walker *walker, void *const *frame);

/* Cheap check for hooks: is the caller the loader itself? Then modules may be about to change: the next walk outside
 * the loader compares the loader's counters. */
static inline void hh_unwind_note_caller(const void *return_address) {
  hh_loader_note((uint64_t)(uintptr_t)return_address);
}
/* Compare the loader's add/remove counters now and read the module list again if they moved. Not while the caller may
 * be inside the loader on musl. */
void hh_unwind_refresh(void);
/* The kernel refuses to copy memory, or would end the process for it (loader.h). */
void hh_unwind_cannot_copy(void);
/* In the child of a fork: another thread may have held a lock. */
void hh_unwind_after_fork(void);
/* For tests: plain walk without memo into out (call addresses, innermost first); number of frames. */
int hh_walk_plain(void *const *frame, uint64_t *out, int max);
#endif
