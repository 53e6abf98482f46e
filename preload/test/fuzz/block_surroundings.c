/* What a block says beside its events, here as little as there can be: one module, a chain of frames, three threads. */
#include "allocators.h"
#include "calls.h"
#include "clock.h"
#include "map_sample.h"
#include "memory_sample.h"
#include "notes.h"
#include "perf_map.h"
#include "process.h"
#include "ring.h"
#include "stacks.h"
#include "sys/sys.h"
#include "thread_names.h"
#include "unwind/modules.h"

hh_clock_state hh_clock;
bool hh_ring_free_stacks;
hh_gate_page hh_gate;

hh_clock_line hh_clock_calibrate(uint64_t base_ticks) {
  return (hh_clock_line){.ticks = base_ticks, .unix_ns = base_ticks, .ns_per_tick = 1};
}
uint64_t hh_clock_slow_ticks(void) {
  return 1;
}
uint64_t hh_sys_thread_cpu_ns(void) {
  return 1;
}
uint64_t hh_sys_monotonic_ns(void) {
  return 1;
}
uint64_t hh_sys_address_space_limit(void) {
  return UINT64_MAX;
}
int hh_sys_open_read(const char *path) {
  (void)path;
  return -1;
}
int hh_sys_close(int fd) {
  (void)fd;
  return 0;
}
long hh_sys_read(int fd, void *out, size_t bytes) {
  (void)fd, (void)out, (void)bytes;
  return -1;
}
bool hh_memory_sample_take(hh_memory_sample *sample, uint64_t now, uint64_t monotonic_ns) {
  (void)sample, (void)now, (void)monotonic_ns;
  return false;
}
uint64_t hh_process_age_ns(void) {
  return 0;
}
enum hh_end hh_process_end_reason(void) {
  return HH_END_EXIT;
}
void hh_allocators_count(hh_losses *losses) {
  (void)losses;
}
void hh_allocators_done(bool stored) {
  (void)stored;
}
void hh_allocators_put(hh_pb *pb, uint32_t field) {
  (void)pb, (void)field;
}

void hh_perf_map_read(void) {}
void hh_perf_map_clear(void) {}
hh_code *hh_perf_map_at(uint64_t address) {
  (void)address;
  return NULL;
}

enum { NODES = 64 };

uint32_t hh_stacks_count(void) {
  return NODES;
}
const hh_stack_node *hh_stacks_node(uint32_t id) {
  static hh_stack_node nodes[NODES + 1];
  nodes[id] = (hh_stack_node){.address = id > 1 ? 0x400000 + 16 * id : 0, .parent = id > 1 ? id / 2 : 0};
  return &nodes[id];
}
uint32_t hh_modules_count(void) {
  return 1;
}
const hh_module *hh_module_at(uint32_t index) {
  static const hh_module module = {
      .number = 1, .first_node = 1, .range_count = 1, .range = {{0x400000, 0x2000}}, .path = "/bin/fuzz"};
  (void)index;
  return &module;
}
uint32_t hh_modules_unloads(void) {
  return 0;
}
uint32_t hh_thread_names_count(void) {
  return 3;
}
const hh_thread_name *hh_thread_names_get(uint32_t number) {
  static const hh_thread_name names[] = {{100, "a"}, {101, "b"}, {102, "c"}};
  return &names[number - 1];
}
void hh_thread_names_refresh(uint32_t number) {
  (void)number;
}
