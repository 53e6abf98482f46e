#include "stack_numbers.h"

#include <errno.h>

#include "arena.h"
#include "sys/sys.h"

static uint32_t *number_of_node;
static uint32_t *node_of_number;
static uint32_t max_nodes, max_stacks;
static uint32_t count;
static uint32_t highest_node;

/* Tables are only reserved, but of a limited address space we take a small part. */
static uint32_t room(uint32_t most, uint64_t bytes_each) {
  enum { PART = 64 };
  uint64_t affordable = hh_sys_address_space_limit() / PART / bytes_each;
  return affordable < most ? (uint32_t)affordable : most;
}

int hh_stack_numbers_init(void) {
  enum { BYTES_PER_STACK = 36 }; /* here and in the encoder */
  max_nodes = room(HH_MAX_NODES, sizeof *number_of_node);
  max_stacks = room(HH_MAX_STACKS, BYTES_PER_STACK);
  number_of_node = hh_pages_reserve((size_t)max_nodes * sizeof *number_of_node, "heaphound stacks");
  node_of_number = hh_pages_reserve(((size_t)max_stacks + 1) * sizeof *node_of_number, "heaphound stacks");
  count = highest_node = 0;
  return number_of_node && node_of_number ? 0 : -ENOMEM;
}

uint32_t hh_stack_numbers_max(void) {
  return max_stacks;
}

void hh_stack_numbers_clear(void) {
  hh_pages_clear(number_of_node, (size_t)max_nodes * sizeof *number_of_node);
  hh_pages_clear(node_of_number, ((size_t)max_stacks + 1) * sizeof *node_of_number);
  count = highest_node = 0;
}

uint32_t hh_stack_number(uint32_t node) {
  if (HH_UNLIKELY(node == 0 || node >= max_nodes))
    return 0;
  uint32_t number = number_of_node[node];
  if (HH_LIKELY(number) || count == max_stacks)
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
  return number_of_node[node < max_nodes ? node : 0];
}

void hh_stack_numbers_prefetch(uint32_t node) {
  __builtin_prefetch(&number_of_node[node < max_nodes ? node : 0]);
  HH_HAS_EFFECT();
}

uint64_t hh_stack_numbers_bytes(void) {
  return ((uint64_t)highest_node + count) * sizeof(uint32_t);
}
