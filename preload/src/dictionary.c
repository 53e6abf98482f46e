#include "dictionary.h"

#include <errno.h>

#include "arena.h"
#include "columns.h"
#include "compress.h"
#include "perf_map.h"
#include "stack_numbers.h"
#include "stacks.h"
#include "thread_names.h"
#include "unwind/modules.h"

enum {
  MODULES = 1,
  UNLOADS = 2,
  FIRST_NODE = 3,
  NODE_COUNT = 4,
  NODES = 5,
  FIRST_STACK = 6,
  STACK_COUNT = 7,
  STACKS = 8,
  THREADS = 9,
  NODES_SIZE = 10,
  STACKS_SIZE = 11,
  CODE_NAMES = 12
};
enum { MAX_MODULES = 1 << 16, NODE_BYTES = 15, STACK_BYTES = 5 };
enum { MOST_CODE_NAMES = 1 << 14 };               /* in one message: 4 MiB */
enum { UNLOAD_UNKNOWN, UNLOAD_SENT, UNLOAD_PUT }; /* put: in the message being built */

static hh_marks done, next;
static uint8_t *unloads; /* by module index */
static uint32_t unloads_seen, unloads_next;
static uint8_t *scratch;

static const hh_marks nothing = {.node = 1, .stack = 1, .module = 0, .thread = 1};

int hh_dictionary_init(void) {
  unloads = hh_pages_reserve(MAX_MODULES, "heaphound modules");
  scratch = hh_pages_reserve((size_t)HH_DICTIONARY_NODES * NODE_BYTES, "heaphound dictionary");
  done = next = nothing;
  return unloads && scratch ? 0 : -ENOMEM;
}

void hh_dictionary_clear(void) {
  done = next = nothing;
  unloads_seen = unloads_next = 0;
  hh_pages_clear(unloads, MAX_MODULES);
  hh_perf_map_clear();
}

uint32_t hh_dictionary_node_limit(void) {
  return done.node + HH_DICTIONARY_NODES;
}

uint32_t hh_dictionary_stack_limit(void) {
  return done.stack + HH_DICTIONARY_STACKS;
}

static uint32_t least(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

static uint64_t address_of(uint32_t node) {
  return node ? hh_stacks_node(node)->address : 0;
}

/* Data that may be compressed, with its uncompressed size if so. */
static void put_packed(hh_pb *pb, uint32_t field, uint32_t size_field, size_t bytes) {
  size_t compressed_bytes;
  const uint8_t *compressed = hh_compress(scratch, bytes, &compressed_bytes);
  if (!compressed) {
    hh_pb_bytes(pb, field, scratch, bytes);
    return;
  }
  hh_pb_bytes(pb, field, compressed, compressed_bytes);
  hh_pb_uint(pb, size_field, bytes);
}

static void put_code_name(hh_pb *pb, const hh_code *code) {
  uint8_t *body = hh_pb_begin(pb, CODE_NAMES);
  hh_pb_uint(pb, 1, code->first_node);
  hh_pb_uint(pb, 2, code->start);
  hh_pb_uint(pb, 3, code->size);
  hh_pb_bytes(pb, 4, code->name, code->name_bytes);
  hh_pb_end(pb, body);
}

/* A name goes with the first node that it is for, whenever that is written. */
static void put_code_names(hh_pb *pb, uint32_t first, uint32_t end) {
  uint32_t count = 0;
  for (uint32_t id = first; id < end && count < MOST_CODE_NAMES; id++) {
    hh_code *code = hh_perf_map_at(hh_stacks_node(id)->address);
    if (!code || (code->first_node && code->first_node != id))
      continue;
    code->first_node = id;
    put_code_name(pb, code);
    count++;
  }
}

static void put_nodes(hh_pb *pb, uint32_t first, uint32_t end) {
  if (first >= end)
    return;
  uint8_t *at = scratch;
  for (uint32_t id = first; id < end; id++) {
    const hh_stack_node *node = hh_stacks_node(id);
    at = hh_put_varint(at, id - node->parent);
    at = hh_put_varint(at, hh_zigzag((int64_t)(node->address - address_of(node->parent))));
  }
  hh_pb_uint(pb, FIRST_NODE, first);
  hh_pb_uint(pb, NODE_COUNT, end - first);
  put_packed(pb, NODES, NODES_SIZE, (size_t)(at - scratch));
  put_code_names(pb, first, end);
}

static void put_stacks(hh_pb *pb, uint32_t first, uint32_t end) {
  if (first >= end)
    return;
  uint8_t *at = scratch;
  uint32_t previous = 0;
  for (uint32_t number = first; number < end; number++) {
    uint32_t node = hh_stack_numbers_node(number);
    at = hh_put_varint(at, hh_zigzag((int64_t)node - (int64_t)previous));
    previous = node;
  }
  hh_pb_uint(pb, FIRST_STACK, first);
  hh_pb_uint(pb, STACK_COUNT, end - first);
  put_packed(pb, STACKS, STACKS_SIZE, (size_t)(at - scratch));
}

static void put_module(hh_pb *pb, const hh_module *module) {
  uint8_t *body = hh_pb_begin(pb, MODULES);
  hh_pb_uint(pb, 1, module->number);
  hh_pb_text(pb, 2, module->path ? module->path : "");
  hh_pb_bytes(pb, 3, module->build_id, module->build_id_size);
  hh_pb_uint(pb, 4, module->load_bias);
  for (uint32_t i = 0; i < module->range_count && i < HH_MODULE_RANGES; i++) {
    uint8_t *range = hh_pb_begin(pb, 5);
    hh_pb_uint(pb, 1, module->range[i].start);
    hh_pb_uint(pb, 2, module->range[i].size);
    hh_pb_end(pb, range);
  }
  hh_pb_uint(pb, 6, module->first_node);
  hh_pb_uint(pb, 7, module->file_size);
  hh_pb_end(pb, body);
}

static void put_unload(hh_pb *pb, const hh_module *module, uint32_t unload_node) {
  uint8_t *body = hh_pb_begin(pb, UNLOADS);
  hh_pb_uint(pb, 1, module->number);
  hh_pb_uint(pb, 2, unload_node);
  hh_pb_end(pb, body);
}

static void put_thread(hh_pb *pb, uint32_t number) {
  const hh_thread_name *thread = hh_thread_names_get(number);
  uint8_t *body = hh_pb_begin(pb, THREADS);
  hh_pb_uint(pb, 1, number);
  hh_pb_uint(pb, 2, (uint64_t)thread->tid);
  hh_pb_text(pb, 3, thread->name);
  hh_pb_end(pb, body);
}

static void put_new_unloads(hh_pb *pb) {
  unloads_next = hh_modules_unloads();
  if (unloads_next == unloads_seen)
    return;
  for (uint32_t i = 0; i < next.module; i++) {
    const hh_module *module = hh_module_at(i);
    uint32_t unload_node = __atomic_load_n(&module->unload_node, __ATOMIC_ACQUIRE);
    if (!unload_node || unloads[i] != UNLOAD_UNKNOWN)
      continue;
    put_unload(pb, module, unload_node);
    unloads[i] = UNLOAD_PUT;
  }
}

/* In this order: a node is interned after its module was numbered. */
static void look_for_news(void) {
  next.node = least(hh_stacks_count() + 1, hh_dictionary_node_limit());
  next.module = least(hh_modules_count(), MAX_MODULES);
  next.stack = hh_stack_numbers_count() + 1;
  next.thread = hh_thread_names_count() + 1;
}

bool hh_dictionary_pending(void) {
  look_for_news();
  return next.node != done.node || next.module != done.module || hh_modules_unloads() != unloads_seen;
}

void hh_dictionary_put(hh_pb *pb, uint32_t field) {
  look_for_news();
  hh_perf_map_read();
  uint8_t *body = hh_pb_begin(pb, field);
  for (uint32_t i = done.module; i < next.module; i++)
    put_module(pb, hh_module_at(i));
  put_new_unloads(pb);
  put_nodes(pb, done.node, next.node);
  put_stacks(pb, done.stack, next.stack);
  for (uint32_t number = done.thread; number < next.thread; number++) {
    hh_thread_names_refresh(number);
    put_thread(pb, number);
  }
  hh_pb_end(pb, body);
}

static void settle_unloads(uint8_t state) {
  if (unloads_next == unloads_seen)
    return;
  for (uint32_t i = 0; i < next.module; i++)
    if (unloads[i] == UNLOAD_PUT)
      unloads[i] = state;
}

hh_marks hh_dictionary_marks(void) {
  return next;
}

void hh_dictionary_commit(void) {
  settle_unloads(UNLOAD_SENT);
  unloads_seen = unloads_next;
  done = next;
}

void hh_dictionary_rollback(void) {
  settle_unloads(UNLOAD_UNKNOWN);
}

/* Part 0 has the modules and threads; then the nodes and after them the stacks, as many parts as they need. */
bool hh_dictionary_put_part(hh_pb *pb, uint32_t field, const hh_marks *end, uint32_t part) {
  uint32_t node_parts = (end->node - 1 + HH_DICTIONARY_NODES - 1) / HH_DICTIONARY_NODES;
  uint32_t stack_parts = (end->stack - 1 + HH_DICTIONARY_STACKS - 1) / HH_DICTIONARY_STACKS;
  if (part > node_parts + stack_parts)
    return false;
  uint8_t *body = hh_pb_begin(pb, field);
  if (part == 0) {
    for (uint32_t i = 0; i < end->module; i++)
      put_module(pb, hh_module_at(i));
    for (uint32_t i = 0; i < end->module; i++)
      if (unloads[i] == UNLOAD_SENT)
        put_unload(pb, hh_module_at(i), hh_module_at(i)->unload_node);
    for (uint32_t number = 1; number < end->thread; number++)
      put_thread(pb, number);
  } else if (part <= node_parts) {
    uint32_t first = 1 + (part - 1) * HH_DICTIONARY_NODES;
    put_nodes(pb, first, least(first + HH_DICTIONARY_NODES, end->node));
  } else {
    uint32_t first = 1 + (part - 1 - node_parts) * HH_DICTIONARY_STACKS;
    put_stacks(pb, first, least(first + HH_DICTIONARY_STACKS, end->stack));
  }
  hh_pb_end(pb, body);
  return true;
}
