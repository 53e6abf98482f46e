/* Stacks around and far beyond the limit of frames, and a stack table that is full. */
#include "check.h"
#include "unit/stacks_within.h"
#include "unwind/unwind.h"
#include <stdint.h>
#include <stdlib.h>

static hh_walker walker;
static uint32_t caught;

static __attribute__((noinline, optimize("no-omit-frame-pointer"))) void capture(void) {
  caught = hh_walk(&walker, HH_FRAME());
}

static uint32_t frames_of(uint32_t id, int *cut) {
  uint32_t count = 0;
  *cut = 0;
  for (; id && hh_stacks_node(id)->address != HH_STACK_ROOT; id = hh_stacks_node(id)->parent) {
    if (hh_stacks_node(id)->address == HH_STACK_CUT)
      *cut = hh_stacks_node(id)->parent == hh_stacks_root();
    else
      count++;
  }
  return count;
}

static volatile int sink;
static uint32_t base, wrong_counts, cuts, shortest_cut = HH_MAX_FRAMES, longest;

static void look(uint32_t depth) {
  int cut;
  uint32_t frames = frames_of(caught, &cut), real = base + depth;
  if (frames > longest)
    longest = frames;
  if (cut && frames < shortest_cut)
    shortest_cut = frames;
  cuts += (uint32_t)cut;
  wrong_counts += cut ? frames >= real : frames != real;
}

/* capture at every `every`-th level, on the way down and up. */
static __attribute__((noinline)) void recurse(uint32_t depth, uint32_t max, uint32_t every) {
  if (depth % every == 0)
    capture(), look(depth);
  if (depth < max)
    recurse(depth + 1, max, every);
  if (depth % every == 0)
    capture(), look(depth);
  sink++;
}

static uint32_t take(uint32_t *counter) {
  return __atomic_exchange_n(counter, 0, __ATOMIC_RELAXED);
}

int main(void) {
  CHECK("init", !stacks_init_within(64 << 20) && !hh_unwind_init() && !hh_walker_init(&walker));
  recurse(0, 0, 1);
  int cut;
  base = frames_of(caught, &cut);
  wrong_counts = 0;
  recurse(0, 12000, 53);
  CHECK("below the limit every stack is whole", wrong_counts == 0 && cuts == 0 && take(&walker.losses.truncated) == 0);
  recurse(0, 60000, 101);
  CHECK("beyond it every stack is whole or says that it was cut", wrong_counts == 0 && cuts > 700);
  CHECK("cuts are counted", take(&walker.losses.truncated) == cuts);
  CHECK("a cut stack keeps 500 frames at least", shortest_cut >= 500);
  CHECK("no stack is over the limit", longest <= HH_MAX_FRAMES);
  recurse(0, 3, 1);
  CHECK("afterwards all is as before", wrong_counts == 0);
  CHECK("no stack was lost", take(&walker.losses.no_stack) == 0 && take(&walker.losses.guessed) == 0);

  hh_stack_cache cache = {.shift = 64 - HH_STACK_CACHE_LARGE};
  for (int full = 0; full < 2; full++) {
    recurse(0, 50, 1); /* the second time from the same place */
    for (uint64_t address = 1u << 20; !full && hh_stacks_child(hh_stacks_root(), address, &cache); address++) {
    }
  }
  CHECK("stacks that are in a full table are found", caught != 0 && take(&walker.losses.no_stack) == 0);
  capture();
  capture();
  CHECK("others are none, and counted", caught == 0 && take(&walker.losses.no_stack) >= 2);
  return hh_check_end();
}
