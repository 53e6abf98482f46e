#include "stack_numbers.h"

#include <errno.h>

#include "arena.h"

static uint32_t *number_of_node;
static uint32_t *node_of_number;
static uint32_t count;
static uint32_t highest_node;

int hh_stack_numbers_init(void) {
  number_of_node = hh_pages_reserve((size_t)HH_MAX_NODES * sizeof *number_of_node, "heaphound stacks");
  node_of_number = hh_pages_reserve(((size_t)HH_MAX_STACKS + 1) * sizeof *node_of_number, "heaphound stacks");
  count = highest_node = 0;
  return number_of_node && node_of_number ? 0 : -ENOMEM;
}

void hh_stack_numbers_clear(void) {
  hh_pages_clear(number_of_node, (size_t)HH_MAX_NODES * sizeof *number_of_node);
  hh_pages_clear(node_of_number, ((size_t)HH_MAX_STACKS + 1) * sizeof *node_of_number);
  count = highest_node = 0;
}

uint32_t hh_stack_number(uint32_t node) {
  if (HH_UNLIKELY(node == 0 || node >= HH_MAX_NODES))
    return 0;
  uint32_t number = number_of_node[node];
  if (HH_LIKELY(number) || count == HH_MAX_STACKS)
    return number;
  number_of_node[node] = ++count;
  node_of_number[count] = node;
  if (node > highest_node)
    highest_node = node;
  return count;
}

uint32_t hh_stack_numbers_count(void) {
  return count;
}

uint32_t hh_stack_numbers_node(uint32_t number) {
  return node_of_number[number];
}

uint32_t hh_stack_numbers_peek(uint32_t node) {
  return number_of_node[node < HH_MAX_NODES ? node : 0];
}

void hh_stack_numbers_prefetch(uint32_t node) {
  __builtin_prefetch(&number_of_node[node < HH_MAX_NODES ? node : 0]);
}

uint64_t hh_stack_numbers_bytes(void) {
  return ((uint64_t)highest_node + count) * sizeof(uint32_t);
}
