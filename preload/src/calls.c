#include "calls.h"

#include <string.h>

#include "clock.h"
#include "columns.h"
#include "dictionary.h"
#include "stack_numbers.h"

enum { SLOTS = 4096, URGENT = SLOTS / 4, MOST_IN_BLOCK = 2048 };

/* A slot is free for the call number n when its turn is 2 * (n / SLOTS), filled when it is one more: memory that was
 * never touched is an empty queue. */
typedef struct slot {
  uint64_t turn;
  hh_call call;
} slot;

static slot slots[SLOTS];
static uint64_t head __attribute__((aligned(HH_CACHE_LINE))); /* next to put */
static uint64_t dropped;
static uint64_t tail __attribute__((aligned(HH_CACHE_LINE))); /* next to take; the sender's alone */
static uint32_t chosen;                                       /* from tail on, for the current block */

static uint64_t turn_of(uint64_t number) {
  return number / SLOTS * 2;
}

void hh_call_put(const hh_call *call) {
  uint64_t number = __atomic_load_n(&head, __ATOMIC_RELAXED);
  for (;;) {
    slot *at = &slots[number % SLOTS];
    /* acquire; pairs with the release in hh_calls_done */
    uint64_t turn = __atomic_load_n(&at->turn, __ATOMIC_ACQUIRE);
    if (turn == turn_of(number)) {
      if (!__atomic_compare_exchange_n(&head, &number, number + 1, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
      at->call = *call;
      __atomic_store_n(&at->turn, turn + 1, __ATOMIC_RELEASE); /* pairs with the acquire in filled */
      return;
    }
    if (turn < turn_of(number)) {
      __atomic_fetch_add(&dropped, 1, __ATOMIC_RELAXED);
      return;
    }
    number = __atomic_load_n(&head, __ATOMIC_RELAXED);
  }
}

static bool filled(uint64_t number) {
  return __atomic_load_n(&slots[number % SLOTS].turn, __ATOMIC_ACQUIRE) == turn_of(number) + 1;
}

/* ---- in the sender */

bool hh_calls_pending(void) {
  return filled(tail) || __atomic_load_n(&dropped, __ATOMIC_RELAXED) != 0;
}

bool hh_calls_urgent(void) {
  return __atomic_load_n(&head, __ATOMIC_RELAXED) - __atomic_load_n(&tail, __ATOMIC_RELAXED) >= URGENT;
}

/* A stack that this block cannot define any more waits for the next one, and what comes after it too. */
static bool can_define(uint32_t node) {
  return node < hh_dictionary_node_limit() && hh_stack_numbers_count() + 2 < hh_dictionary_stack_limit();
}

void hh_calls_choose(hh_losses *losses) {
  hh_losses_add(losses, HH_LOSS_MEMORY_CALL, __atomic_exchange_n(&dropped, 0, __ATOMIC_RELAXED), 0);
  for (chosen = 0; chosen < MOST_IN_BLOCK && filled(tail + chosen); chosen++) {
    uint32_t node = slots[(tail + chosen) % SLOTS].call.node;
    if (!can_define(node))
      break;
    hh_stack_number(node);
  }
}

static void put_call(hh_pb *pb, uint32_t field, const hh_call *call) {
  uint8_t *body = hh_pb_begin(pb, field);
  hh_pb_uint(pb, 1, call->kind);
  hh_pb_uint(pb, 2, call->time >> HH_BLOCK_TICK_SHIFT);
  hh_pb_uint(pb, 3, call->tid);
  hh_pb_uint(pb, 4, hh_stack_number(call->node));
  hh_pb_uint(pb, 5, call->address);
  hh_pb_uint(pb, 6, call->size);
  hh_pb_uint(pb, 7, call->old_address);
  hh_pb_uint(pb, 8, call->old_size);
  hh_pb_uint(pb, 9, call->protection);
  hh_pb_uint(pb, 10, call->flags);
  hh_pb_uint(pb, 11, call->offset);
  hh_pb_uint(pb, 12, hh_zigzag(call->parameter));
  hh_pb_uint(pb, 13, hh_zigzag(call->value));
  hh_pb_uint(pb, 14, hh_zigzag(call->result));
  hh_pb_end(pb, body);
}

void hh_calls_put(hh_pb *pb, uint32_t field) {
  for (uint32_t i = 0; i < chosen; i++)
    put_call(pb, field, &slots[(tail + i) % SLOTS].call);
}

void hh_calls_done(bool stored, hh_losses *losses) {
  for (uint32_t i = 0; i < chosen; i++) {
    slot *at = &slots[(tail + i) % SLOTS];
    __atomic_store_n(&at->turn, at->turn + 1, __ATOMIC_RELEASE); /* pairs with the acquire in hh_call_put */
  }
  __atomic_store_n(&tail, tail + chosen, __ATOMIC_RELAXED);
  hh_losses_add(losses, HH_LOSS_MEMORY_CALL, stored ? 0 : chosen, 0);
  chosen = 0;
}

void hh_calls_clear(void) {
  if (head)
    memset(slots, 0, sizeof slots);
  head = tail = dropped = 0;
  chosen = 0;
}
