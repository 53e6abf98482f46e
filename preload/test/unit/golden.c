/* golden WRITE_TO [COMPARE_WITH]: blocks made of chosen events, as messages (NAME.block) and as what they must decode
 * to (NAME.json). The TypeScript decoder is held against the same files, so the two sides cannot drift apart.
 *
 * The encoder, the dictionary and the block are the library's own; only what differs from run to run is replaced here:
 * clocks, threads, loaded objects. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators.h"
#include "block.h"
#include "calls.h"
#include "check.h"
#include "clock.h"
#include "compress.h"
#include "culled.h"
#include "dictionary.h"
#include "encoder.h"
#include "map_sample.h"
#include "memory_sample.h"
#include "notes.h"
#include "perf_map.h"
#include "process.h"
#include "spool.h"
#include "stack_numbers.h"
#include "stacks.h"
#include "sys/sys.h"
#include "thread_names.h"
#include "unwind/modules.h"

/* ---- what differs from run to run */

hh_clock_state hh_clock;
bool hh_ring_free_stacks;
hh_gate_page hh_gate;

hh_clock_line hh_clock_calibrate(uint64_t base_ticks) {
  return (hh_clock_line){.ticks = base_ticks, .unix_ns = 1700000000000000000u + base_ticks * 52, .ns_per_tick = 52.25};
}
uint64_t hh_clock_slow_ticks(void) {
  return 77777;
}
uint64_t hh_sys_thread_cpu_ns(void) {
  return 123456789;
}
uint64_t hh_sys_monotonic_ns(void) {
  return 1;
}
uint64_t hh_sys_address_space_limit(void) {
  return UINT64_MAX;
}
bool hh_memory_sample_take(hh_memory_sample *sample, uint64_t now, uint64_t monotonic_ns) {
  (void)now;
  (void)monotonic_ns;
  *sample = (hh_memory_sample){.ticks = 5005,
                               .resident_bytes = 10 << 20,
                               .anonymous_bytes = 7 << 20,
                               .cgroup_bytes = 20 << 20,
                               .file_bytes = 3 << 20,
                               .swap_bytes = 1 << 20,
                               .cgroup_swap_bytes = 2 << 20,
                               .cgroup_oom = 3,
                               .cgroup_oom_kills = 1};
  return true;
}

/* The kernel's list of mappings, when a block shall have it. */
static const char smaps[] = "55d000000000-55d000010000 r-xp 00002000 fe:01 4711       /bin/golden with blanks\n"
                            "Rss:                  12 kB\nPss:                   5 kB\n"
                            "7f0000000000-7f0000800000 rw-p 00000000 00:00 0 \n"
                            "Size:               8192 kB\nRss:                3072 kB\nPss:                3072 kB\n"
                            "Private_Dirty:      3068 kB\nAnonymous:          3072 kB\nSwap:                 16 kB\n";
static bool has_maps;
static size_t smaps_read;

uint64_t hh_process_age_ns(void) {
  return has_maps ? 1000000000 : 0;
}
enum hh_end hh_process_end_reason(void) {
  return 0;
}
int hh_sys_open_read(const char *path) {
  smaps_read = 0;
  return strcmp(path, "/proc/self/smaps") == 0 ? 100 : -1;
}
int hh_sys_close(int fd) {
  return fd == 100 ? 0 : -1;
}
long hh_sys_read(int fd, void *out, size_t bytes) { /* in small pieces */
  size_t rest = sizeof smaps - 1 - smaps_read, take = rest < 7 ? rest : 7;
  if (fd != 100 || take > bytes)
    return -1;
  memcpy(out, smaps + smaps_read, take);
  smaps_read += take;
  return (long)take;
}

/* One allocator, with the block that has the mappings. */
void hh_allocators_count(hh_losses *unused) {
  (void)unused;
}
void hh_allocators_done(bool stored) {
  (void)stored;
}
void hh_allocators_put(hh_pb *pb, uint32_t field) {
  if (!has_maps)
    return;
  uint8_t *body = hh_pb_begin(pb, field);
  hh_pb_uint(pb, 1, 1);
  hh_pb_text(pb, 2, "jemalloc");
  hh_pb_end(pb, body);
}

/* A function made at run time, in the block that has the mappings: c. */
void hh_perf_map_read(void) {}
void hh_perf_map_clear(void) {}
hh_code *hh_perf_map_at(uint64_t address) {
  static const char name[] = "JS:*c /golden.js:3:7";
  static hh_code code = {.start = 0x400f00, .size = 0x100, .name = name, .name_bytes = sizeof name - 1};
  return has_maps && address - code.start < code.size ? &code : NULL;
}

/* main -> a -> b, main -> c, and after an unload another main. */
static hh_stack_node nodes[64] = {
    {.address = 0},
    {.address = 0},                           /* 1: root */
    {.address = 0x401000, .parent = 1},       /* 2: main */
    {.address = 0x401234, .parent = 2},       /* 3: a */
    {.address = 0x7f1234567890, .parent = 3}, /* 4: b */
    {.address = 0x400ff0, .parent = 2},       /* 5: c */
    {.address = 1, .parent = 5},              /* 6: cut behind c */
    {.address = 0},                           /* 7: root of the next generation */
    {.address = 0x401000, .parent = 7},       /* 8 */
};
static uint32_t node_count = 8;
static hh_module modules[2] = {
    {.number = 1,
     .first_node = 1,
     .load_bias = 0,
     .file_size = 54321,
     .range_count = 1,
     .range = {{0x401000, 0x2000}},
     .build_id_size = 20,
     .build_id = "12345678901234567890",
     .path = "/bin/golden"},
    {.number = 2,
     .first_node = 3,
     .unload_node = 7,
     .load_bias = 0x7f1234560000,
     .range_count = 2,
     .range = {{0x7f1234561000, 0x5000}, {0x7f1234567000, 0x1000}},
     .path = "/lib/libgone.so"},
};

uint32_t hh_stacks_count(void) {
  return node_count;
}
const hh_stack_node *hh_stacks_node(uint32_t id) {
  return &nodes[id];
}
uint32_t hh_modules_count(void) {
  return 2;
}
const hh_module *hh_module_at(uint32_t index) {
  return &modules[index];
}
uint32_t hh_modules_unloads(void) {
  return 1;
}

static const hh_thread_name threads[3] = {{100, "golden"}, {101, "worker \xc3\xa9"}, {102, ""}};
uint32_t hh_thread_names_count(void) {
  return 3;
}
const hh_thread_name *hh_thread_names_get(uint32_t number) {
  return &threads[number - 1];
}
void hh_thread_names_refresh(uint32_t number) {
  (void)number;
}

/* ---- events */

typedef struct made {
  uint64_t key, size, ticks, sample_bytes;
  uint32_t stack;
} made;

static hh_encoder encoder;
static hh_totals totals;
static hh_losses losses;
static made all[100000]; /* by number */
static uint64_t newest;
static uint64_t base_ticks, ticks;
static bool free_stacks;
static uint64_t sample_bytes; /* of the allocations that follow */
static FILE *json;
static unsigned written;

static void at(int64_t delta) {
  ticks += (uint64_t)delta;
}

static void separate(void) {
  fprintf(json, "%s\n    ", written++ ? "," : "");
}

static void print_kind(enum hh_kind kind, uint64_t replaced, unsigned align_log2) {
  if (kind == HH_KIND_CALLOC)
    fprintf(json, ", \"kind\": {\"type\": \"calloc\"}");
  if (kind == HH_KIND_REALLOC)
    fprintf(json, ", \"kind\": {\"type\": \"realloc\", \"replaced\": %" PRIu64 "}", replaced);
  if (kind == HH_KIND_ALIGNED)
    fprintf(json, ", \"kind\": {\"type\": \"aligned\", \"alignmentLog2\": %u}", align_log2);
}

static uint64_t allocate_as(uint32_t thread, uint32_t stack, uint64_t size, uint64_t key, enum hh_kind kind,
                            uint64_t replaced, unsigned align_log2) {
  hh_encoded_allocation event = {.ticks = ticks,
                                 .key = key,
                                 .size = size,
                                 .number = ++newest,
                                 .replaced = replaced,
                                 .sample_bytes = sample_bytes,
                                 .thread = thread,
                                 .stack = stack,
                                 .kind = (uint8_t)kind,
                                 .align_log2 = (uint8_t)align_log2};
  hh_encode_allocation(&encoder, &event);
  all[newest] = (made){.key = key, .size = size, .ticks = ticks, .sample_bytes = sample_bytes, .stack = stack};
  totals.live_bytes += size;
  totals.allocated_bytes += size;
  totals.live_allocations++;
  separate();
  fprintf(json,
          "{\"type\": \"allocation\", \"ticks\": %" PRId64 ", \"thread\": %u, \"stack\": %u, \"sizeBytes\": %" PRIu64
          ", \"key\": %" PRIu64,
          (int64_t)(ticks - base_ticks), thread, stack, size, key);
  print_kind(kind, replaced, align_log2);
  if (sample_bytes)
    fprintf(json, ", \"sampleBytes\": %" PRIu64, sample_bytes);
  fprintf(json, "}");
  return newest;
}

static uint64_t allocate(uint32_t thread, uint32_t stack, uint64_t size, uint64_t key) {
  return allocate_as(thread, stack, size, key, HH_KIND_MALLOC, 0, 0);
}

static void release(uint32_t thread, uint64_t number, uint32_t free_stack) {
  const made *is = &all[number];
  hh_encoded_free event = {.ticks = ticks,
                           .key = is->key,
                           .size = is->size,
                           .sample_bytes = is->sample_bytes,
                           .number = number,
                           .allocated_ticks = is->ticks,
                           .stack = is->stack,
                           .thread = thread,
                           .free_stack = free_stack};
  hh_encode_free(&encoder, &event, free_stacks);
  totals.live_bytes -= is->size;
  totals.freed_bytes += is->size;
  totals.live_allocations--;
  separate();
  fprintf(json, "{\"type\": \"free\", \"ticks\": %" PRId64 ", \"thread\": %u, \"allocation\": %" PRIu64,
          (int64_t)(ticks - base_ticks), thread, number);
  if (number < encoder.first_allocation)
    fprintf(json, ", \"late\": {\"ticks\": %" PRId64 ", \"sizeBytes\": %" PRIu64 ", \"stack\": %u%s",
            (int64_t)(is->ticks - base_ticks), is->size, is->stack, is->sample_bytes ? "" : "}");
  if (number < encoder.first_allocation && is->sample_bytes)
    fprintf(json, ", \"sampleBytes\": %" PRIu64 "}", is->sample_bytes);
  if (free_stacks)
    fprintf(json, ", \"freeStack\": %u", free_stack);
  fprintf(json, "}");
}

/* ---- blocks */

static void predicted(void) {
  for (int round = 0; round < 20; round++) {
    at(3);
    uint64_t a = allocate(1, 1, 40, 0x1000 + 8), b = allocate(1, 2, 100, 0x2000);
    at(1);
    release(1, a, 0);
    release(1, b, 0);
  }
}

static void escapes(void) {
  static const uint64_t sizes[] = {0, 1, 8, 9, 24, 25, 16384, 16385, 65534, 65535, 65536, 0xffffffff, (uint64_t)1 << 33,
                                   7};
  static const int64_t steps[] = {0, 14, 15, 16, 127, 128, 16384, -1, -300, (int64_t)1 << 40, -((int64_t)1 << 39),
                                  2, 2,  2};
  uint64_t key = 0x10000, first = newest + 1;
  for (int i = 0; i < 14; i++) {
    at(steps[i]);
    allocate((uint32_t)i % 3 + 1, (uint32_t)i % 4, sizes[i], key);
    key += i % 3 == 0 ? 4 : i % 3 == 1 ? ((uint64_t)1 << 43) - 1 : (uint64_t)-977;
  }
  allocate(2, 3, 100, 0x40000);
  allocate(2, 3, 100, 0x40000 + 14); /* right behind: (100 + 23) / 16 * 2 */
  allocate(2, 3, 100, 0x40000 + 14 + (0xfffffe >> 1));
  allocate(2, 3, 100, 0x40000 + 14);
  allocate_as(1, 1, 640, 0x50000, HH_KIND_CALLOC, 0, 0);
  allocate_as(1, 1, 641, 0x50100, HH_KIND_REALLOC, newest, 0);
  allocate_as(1, 1, 642, 0x50200, HH_KIND_REALLOC, 0, 0);
  allocate(1, 1, 642, 0x50300);
  allocate_as(3, 2, 643, 0x50400, HH_KIND_ALIGNED, 0, 12);
  for (uint64_t number = first; number <= newest; number += 2) /* ages from large to small */
    release((uint32_t)(number % 3) + 1, number, 0);
  release(1, newest - 3 - (newest - 3 - first) % 2 + 1, 0);
}

/* Frees of blocks of an earlier block: known by number, size, stack and time only. */
static void late(void) {
  static const uint64_t sizes[] = {5, 5, 0xfffffffe, 0xffffffff, (uint64_t)1 << 40, 0, 5};
  for (uint64_t i = 0; i < 7; i++)
    all[10 + i] = (made){.key = 1, .size = sizes[i], .ticks = 1000 + i * 100, .stack = (uint32_t)i % 3};
  all[1] = (made){.size = 64, .ticks = 1, .stack = 4};
  all[90000] = (made){.size = 64, .ticks = 999000000000, .stack = 4};
  newest = 94999;
  for (uint64_t i = 0; i < 7; i++) {
    at(20);
    release(1, 10 + (i * 3) % 7, 0);
  }
  release(2, 90000, 0);
  release(2, 1, 0);
  allocate(2, 1, 32, 0x9000);
  release(2, newest, 0);
  for (uint64_t i = 0; i < 30; i++)
    all[70000 + i] = (made){.size = 48, .ticks = 5000 + i, .stack = 2};
  for (uint64_t i = 0; i < 30; i++)
    release(3, 70000 + i, 0);
}

static void with_free_stacks(void) {
  for (int i = 0; i < 12; i++) {
    at(2);
    uint64_t a = allocate(1, 1, 64, 0x700), b = allocate(2, 2, 64, 0x710);
    release(1, a, 3);
    release(2, b, i % 4 == 3 ? 0 : 4);
  }
}

/* Intervals that change, within a block and among its late deallocations. */
static void sampled(void) {
  all[1] = (made){.size = 64, .ticks = 1, .stack = 4};
  all[2] = (made){.size = 65, .ticks = 2, .sample_bytes = 1 << 19, .stack = 4};
  all[3] = (made){.size = 66, .ticks = 3, .sample_bytes = 1 << 19, .stack = 3};
  all[4] = (made){.size = 67, .ticks = 4, .sample_bytes = (uint64_t)1 << 40, .stack = 2};
  newest = 9;
  static const uint64_t intervals[] = {0, 0, 1 << 19, 1 << 19, 1 << 19, 1 << 10, 0, 1};
  for (uint64_t i = 0; i < 8; i++) {
    sample_bytes = intervals[i];
    at(7);
    allocate(1, (uint32_t)i % 3 + 1, 100 * i, 0x3000 + 0x100 * i);
    if (i == 4)
      release(1, 11, 0);
  }
  sample_bytes = 0;
  for (uint64_t number = 1; number <= 4; number++)
    release(2, number, 0);
}

/* Counters of what was culled, beside a few survivors that are older than the block; notes. */
static void culled(void) {
  at(-300000);
  allocate(1, 2, 5000, 0x8000);
  at(300000);
  hh_culled_count(3, 100, 0);
  hh_culled_count(3, 100, 255);
  hh_culled_count(3, 28, 256);
  hh_culled_count(1, 1 << 20, (uint64_t)1 << 40);
  for (int i = 0; i < 1000; i++)
    hh_culled_count(5, 16, 1000 * (uint64_t)i);
  hh_culled_count(0, 1, 1000000000);
  totals.counted = (hh_counted){.partial = true,
                                .sampled = true,
                                .start_ticks = base_ticks,
                                .end_ticks = base_ticks + 9,
                                .allocations = 1006.4,
                                .deallocations = 1005.5,
                                .live_bytes_variance = 1234.5,
                                .live_variance = 0.25};
  hh_note change = {.ticks = 800, .type = HH_NOTE_MODE, .mode = {.from = 1, .to = 3, .why = 5, .sample_bytes = 4096}};
  hh_note marker = {
      .ticks = 1600, .type = HH_NOTE_MARKER, .marker = {.number = 7, .length = 5, .label = "caf\xc3\xa9"}};
  CHECK("culled", hh_note_put(&change) && hh_note_put(&marker));
}

static uint32_t random_state = 12345;
static uint32_t random_below(uint32_t limit) {
  random_state = random_state * 1664525 + 1013904223;
  return (uint32_t)((uint64_t)random_state * limit >> 32);
}

/* Enough of everything that columns are compressed, lists overflow and ages need two bytes. */
static void busy(void) {
  static uint64_t live[2000];
  uint32_t count = 0;
  for (int i = 0; i < 4000; i++) {
    at(random_below(20) == 0 ? (int64_t)random_below(5000) - 100 : random_below(12));
    uint32_t thread = i / 50 % 3 + 1;
    if (count && (count == 2000 || random_below(100) < 45)) {
      uint32_t pick = random_below(100) < 70 ? count - 1 : random_below(count);
      release(thread, live[pick], 0);
      live[pick] = live[--count];
    } else {
      /* One after the other: the order of arguments is the compiler's. */
      uint64_t key = 0x100000 + random_below(5000) * 8, size = 16 + random_below(6) * 24;
      live[count++] = allocate(thread, 1 + random_below(5), size, key);
    }
  }
}

/* No events: a call of each kind, the last without a stack, and the kernel's list. */
static void memory_calls(void) {
  static const hh_call calls[] = {
      {.kind = HH_CALL_MMAP,
       .time = 8008,
       .address = 0x7f0000000000,
       .size = 8 << 20,
       .node = 3,
       .tid = 100,
       .protection = 3,
       .flags = 0x22},
      {.kind = HH_CALL_MREMAP,
       .time = 8016,
       .address = 0x7f1000000000,
       .size = 1 << 20,
       .old_address = 0x7f0000000000,
       .old_size = 4096,
       .node = 4,
       .tid = 101,
       .flags = 1},
      {.kind = HH_CALL_MUNMAP, .time = 8024, .address = 0x7f0000001000, .size = 4096, .node = 3, .tid = 100},
      {.kind = HH_CALL_BRK,
       .time = 8032,
       .address = 0x55d000121000,
       .old_address = 0x55d000100000,
       .node = 8,
       .tid = 1},
      {.kind = HH_CALL_MALLOPT, .time = 8040, .parameter = -3, .value = 1 << 20, .result = 1, .tid = 100},
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    hh_call_put(&calls[i]);
  has_maps = true;
}

static void print_memory_calls(void) {
  fprintf(json,
          has_maps
              ? "  \"memoryCalls\": [\n"
                "    {\"kind\": 1, \"ticks\": 1001, \"tid\": 100, \"stack\": 2, \"address\": 139637976727552, "
                "\"size\": 8388608, \"protection\": 3, \"flags\": 34},\n"
                "    {\"kind\": 3, \"ticks\": 1002, \"tid\": 101, \"stack\": 1, \"address\": 139706696204288, "
                "\"size\": 1048576, \"oldAddress\": 139637976727552, \"oldSize\": 4096, \"flags\": 1},\n"
                "    {\"kind\": 2, \"ticks\": 1003, \"tid\": 100, \"stack\": 2, \"address\": 139637976731648, "
                "\"size\": 4096},\n"
                "    {\"kind\": 4, \"ticks\": 1004, \"tid\": 1, \"stack\": 5, \"address\": 94351842742272, "
                "\"oldAddress\": 94351842607104},\n"
                "    {\"kind\": 5, \"ticks\": 1005, \"tid\": 100, \"stack\": 0, \"parameter\": -3, "
                "\"value\": 1048576, \"result\": 1}\n  ],\n"
                "  \"mappings\": [\n"
                "    {\"start\": 94351841558528, \"size\": 65536, \"permissions\": \"r-xp\", "
                "\"name\": \"/bin/golden with blanks\", \"offset\": 8192, \"residentBytes\": 12288, "
                "\"proportionalBytes\": 5120, \"privateDirtyBytes\": 0, \"anonymousBytes\": 0, \"swapBytes\": 0},\n"
                "    {\"start\": 139637976727552, \"size\": 8388608, \"permissions\": \"rw-p\", \"name\": \"\", "
                "\"offset\": 0, \"residentBytes\": 3145728, \"proportionalBytes\": 3145728, "
                "\"privateDirtyBytes\": 3141632, \"anonymousBytes\": 3145728, \"swapBytes\": 16384}\n  ]"
              : "  \"memoryCalls\": [],\n  \"mappings\": []");
}

static void begin(uint64_t base) {
  base_ticks = ticks = base;
  written = 0;
  hh_encoder_begin(&encoder, base, newest + 1);
}

static void write_file(const char *directory, const char *name, const char *kind, const void *data, size_t bytes) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s.%s", directory, name, kind);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0) {
    fprintf(stderr, "cannot write %s\n", path);
    exit(2);
  }
}

static size_t read_file(const char *directory, const char *name, const char *kind, char *data, size_t room) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s.%s", directory, name, kind);
  FILE *file = fopen(path, "rb");
  size_t bytes = file ? fread(data, 1, room, file) : 0;
  if (file)
    fclose(file);
  return bytes;
}

static void compare(const char *expected_in, const char *name, const char *kind, const void *data, size_t bytes) {
  static char expected[4 << 20];
  size_t size = read_file(expected_in, name, kind, expected, sizeof expected);
  if (!CHECK(name, size == bytes && memcmp(expected, data, bytes) == 0))
    fprintf(stderr, "%s.%s differs from %s; if the format was meant to change: make -C preload golden\n", name, kind,
            expected_in);
}

/* As the functions above made them. */
static void print_culled(void) {
  fprintf(json,
          ",\n  \"modeChanges\": [{\"ticks\": 100, \"from\": 1, \"to\": 3, \"why\": 5, \"sampleBytes\": 4096}],\n"
          "  \"markers\": [{\"ticks\": 200, \"number\": 7, \"label\": \"caf\xc3\xa9\"}],\n"
          "  \"counted\": {\"startTicks\": %" PRIu64 ", \"endTicks\": %" PRIu64
          ", \"allocations\": 1006, \"deallocations\": 1006, \"culled\": 1005, \"sampled\": true, "
          "\"liveBytesVariance\": 1234.5, \"liveVariance\": 0.25},\n"
          "  \"culled\": [\n"
          "    {\"stack\": 3, \"allocations\": 3, \"bytes\": 228, \"lifetimes\": {\"0\": 2, \"1\": 1}},\n"
          "    {\"stack\": 1, \"allocations\": 1, \"bytes\": 1048576, \"lifetimes\": {\"27\": 1}},\n"
          "    {\"stack\": 5, \"allocations\": 1000, \"bytes\": 16000, \"lifetimes\": {\"0\": 1, \"2\": 1, \"3\": 1, "
          "\"4\": 2, \"5\": 4, \"6\": 8, \"7\": 16, \"8\": 33, \"9\": 66, \"10\": 131, \"11\": 262, \"12\": 475}},\n"
          "    {\"stack\": 0, \"allocations\": 1, \"bytes\": 1, \"lifetimes\": {\"22\": 1}}\n  ]",
          base_ticks, base_ticks + 9);
}

static void block(const char *name, void (*events)(void), uint64_t base, bool stacks_of_frees, const char *directory,
                  const char *expected) {
  char *text;
  size_t text_bytes;
  json = open_memstream(&text, &text_bytes);
  free_stacks = hh_ring_free_stacks = stacks_of_frees;
  newest = 0;
  totals = (hh_totals){.live_bytes = (uint64_t)1 << 42,
                       .live_allocations = 500,
                       .peak_live_bytes = (uint64_t)2 << 42,
                       .peak_ticks = base + 3,
                       .profiler_bytes = 999};
  losses =
      (hh_losses){.count = {[HH_LOSS_RING_FULL] = 7, [HH_LOSS_NO_STACK] = 300}, .bytes = {[HH_LOSS_RING_FULL] = 12345}};
  if (events == late)
    newest = 94999;
  if (events == sampled)
    newest = 9;
  fprintf(json, "{\n  \"hasFreeStacks\": %s,\n  \"firstAllocation\": %" PRIu64 ",\n  \"events\": [",
          stacks_of_frees ? "true" : "false", newest + 1);
  begin(base);
  events();
  fprintf(json, "\n  ],\n  \"eventCount\": %u,\n  \"allocationCount\": %u,\n", encoder.events, encoder.allocations);
  hh_totals before = totals;
  hh_dictionary_clear();
  hh_spool_init(64 << 20);
  CHECK(name, hh_block_close(&encoder, &totals, &losses));
  const hh_spool_item *item = hh_spool_next(0);
  if (has_maps)
    fprintf(json, "  \"codeNames\": [{\"firstNode\": 5, \"start\": %u, \"size\": %u, \"name\": \"%s\"}],\n", 0x400f00,
            0x100, "JS:*c /golden.js:3:7");
  fprintf(json, "  \"sequence\": 1,\n  \"stackCount\": %u,\n  \"nodeCount\": %u,\n", hh_stack_numbers_count(),
          node_count);
  fprintf(json, "  \"clock\": {\"baseTicks\": %" PRIu64 ", \"baseUnixNs\": \"%" PRIu64 "\", \"nsPerTick\": 52.25},\n",
          base, 1700000000000000000u + base * 52);
  fprintf(json,
          "  \"totals\": {\"liveBytes\": %" PRIu64 ", \"liveAllocations\": %" PRIu64 ", \"peakLiveBytes\": %" PRIu64
          ", \"peakTicks\": %" PRIu64 ", \"allocatedBytes\": %" PRIu64 ", \"freedBytes\": %" PRIu64
          ", \"profilerBytes\": %" PRIu64 ", \"senderCpuNs\": 123456789},\n",
          before.live_bytes, before.live_allocations, before.peak_live_bytes, before.peak_ticks, before.allocated_bytes,
          before.freed_bytes, before.profiler_bytes);
  fprintf(
      json,
      "  \"losses\": [{\"kind\": 1, \"count\": 7, \"bytes\": 12345}, {\"kind\": 5, \"count\": 300, \"bytes\": 0}],\n");
  fprintf(json,
          "  \"memory\": {\"ticks\": 5005, \"residentBytes\": %d, \"anonymousBytes\": %d, \"cgroupBytes\": %d, "
          "\"cgroupLimitBytes\": 0, \"fileBytes\": %d, \"sharedBytes\": 0, \"swapBytes\": %d, "
          "\"cgroupSwapBytes\": %d, \"cgroupOom\": 3, \"cgroupOomKills\": 1},\n",
          10 << 20, 7 << 20, 20 << 20, 3 << 20, 1 << 20, 2 << 20);
  print_memory_calls();
  if (events == culled)
    print_culled();
  fprintf(json, "\n}\n");
  fclose(json);
  write_file(directory, name, "block", item->message, item->size);
  write_file(directory, name, "json", text, text_bytes);
  if (expected) {
    compare(expected, name, "block", item->message, item->size);
    compare(expected, name, "json", text, text_bytes);
  }
  free(text);
}

int main(int argc, char **argv) {
  if (argc < 2)
    return 2;
  const char *directory = argv[1], *expected = argc > 2 ? argv[2] : NULL;
  if (hh_stack_numbers_init() || hh_dictionary_init() || hh_compress_init() || hh_encoder_init(&encoder) ||
      hh_culled_init() || hh_block_init())
    return 2;
  static const uint32_t stack_nodes[] = {4, 3, 6, 5, 8}; /* stacks 1 .. 5 */
  for (size_t i = 0; i < sizeof stack_nodes / sizeof *stack_nodes; i++)
    hh_stack_number(stack_nodes[i]);
  block("predicted", predicted, 1000, false, directory, expected);
  block("escapes", escapes, (uint64_t)1 << 41, false, directory, expected);
  block("late", late, 1000000000000, false, directory, expected);
  block("free-stacks", with_free_stacks, 5, true, directory, expected);
  block("busy", busy, 123456789, false, directory, expected);
  block("sampled", sampled, 77777, false, directory, expected);
  block("culled", culled, 1000000, false, directory, expected);
  block("memory-calls", memory_calls, 1000, false, directory, expected);
  return hh_check_end();
}
