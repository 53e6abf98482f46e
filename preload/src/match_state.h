/* The state of matching, and what its parts share. The sender thread alone uses it. */
#ifndef HH_MATCH_STATE_H
#define HH_MATCH_STATE_H
#include "clock.h"
#include "common.h"
#include "dictionary.h"
#include "disorder.h"
#include "encoder.h"
#include "figures.h"
#include "held.h"
#include "live_map.h"
#include "losses.h"
#include "match.h"
#include "periods.h"
#include "ring.h"
#include "stack_numbers.h"
#include "young.h"

/* Culling. Times in ring ticks. */
typedef struct hh_culling {
  bool on;
  uint64_t threshold;
  double ns_per_tick;
  uint64_t held; /* blocks, and dead ones of their chains */
  uint32_t hand; /* of the sweep: the next record */
  uint64_t swept_at;
} hh_culling;

typedef struct hh_matching_state {
  hh_young young;
  hh_live_map live;
  hh_encoder encoder;
  hh_totals totals;
  hh_losses losses;
  uint64_t allocations; /* number of the newest one */
  uint64_t block_began_ns;
  bool block_open, inherited;
  bool gaps; /* deallocations were missed: from now on every allocation looks whether its address is still live */
  hh_disorder disorder;
  hh_periods periods;
  hh_activity activity;
  hh_culling cull;
} hh_matching_state;
extern HH_HIDDEN hh_matching_state hh_matching;

/* ---- the block that is being made: match_block.c */
void hh_match_begin_block(uint64_t ticks);
void hh_match_end_block(void);
uint32_t hh_match_stack_beyond_limit(uint32_t node);
uint64_t hh_match_live_blocks(void);

HH_INLINE void hh_match_see(uint64_t ticks) {
  if (HH_UNLIKELY(!hh_matching.block_open))
    hh_match_begin_block(ticks);
}

/* A new block may have to begin for what happened long ago: it begins now. */
HH_INLINE void hh_match_open_block(void) {
  if (!hh_matching.block_open)
    hh_match_begin_block(hh_ring_ticks() >> HH_BLOCK_TICK_SHIFT);
}

HH_INLINE uint32_t hh_match_stack(uint32_t node) {
  uint32_t known = hh_stack_numbers_peek(node);
  if (HH_LIKELY(known))
    return known;
  if (HH_UNLIKELY(node >= hh_dictionary_node_limit() || hh_stack_numbers_count() + 2 >= hh_dictionary_stack_limit()))
    return hh_match_stack_beyond_limit(node);
  uint32_t number = hh_stack_number(node);
  if (HH_UNLIKELY(!number && node))
    hh_losses_add(&hh_matching.losses, HH_LOSS_STACK_TABLE_FULL, 1, 0);
  return number;
}

HH_INLINE void hh_match_put_allocation(const hh_encoded_allocation *coded) {
  hh_encode_allocation(&hh_matching.encoder, coded);
  if (HH_UNLIKELY(hh_encoder_full(&hh_matching.encoder)))
    hh_match_end_block();
}

HH_INLINE void hh_match_put_free(const hh_encoded_free *coded) {
  hh_encode_free(&hh_matching.encoder, coded, hh_ring_free_stacks);
  if (HH_UNLIKELY(hh_encoder_full(&hh_matching.encoder)))
    hh_match_end_block();
}

/* ---- blocks that are held back: match_held.c */
uint64_t hh_held_send(const hh_live_block *block); /* their number */
uint64_t hh_held_send_chain(uint32_t newest);
bool hh_held_end(const hh_event *event, const hh_live_block *block, uint64_t time);
uint64_t hh_held_hold(const hh_event *event);

/* ---- the mode: match_mode.c */
void hh_match_follow_mode(void);
void hh_match_map_older_than(uint64_t time); /* match.c */
#endif
