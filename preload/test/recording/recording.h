/* Reads recordings back, for tests: an implementation of docs/wire.md of its own that checks as it goes. */
#ifndef HH_RECORDING_H
#define HH_RECORDING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rec_allocation {
  uint64_t key, size, ticks, freed_ticks, replaced;
  uint32_t stack, thread, freed_thread, free_stack;
  uint64_t sample_bytes; /* 0 = recorded for certain */
  uint8_t kind, align_log2;
  bool freed;
} rec_allocation;

typedef struct rec_node {
  uint64_t address;
  uint32_t parent;
} rec_node;

/* MemoryCall of ingest.proto, with its field numbers as places. */
enum { REC_CALL_FIELDS = 15 };
typedef struct rec_call {
  uint64_t field[REC_CALL_FIELDS];
} rec_call;
enum { CALL_KIND = 1, CALL_TICKS, CALL_TID, CALL_STACK, CALL_ADDRESS, CALL_SIZE, CALL_OLD_ADDRESS, CALL_OLD_SIZE };

typedef struct rec_allocator {
  char name[32], version[64], module[256];
  uint32_t number, hooking;
} rec_allocator;

typedef struct rec_mapping {
  uint64_t start, size, resident_bytes, anonymous_bytes;
  char permissions[8], name[256];
} rec_mapping;

enum { REC_LOSSES = 32, REC_PROBLEMS = 20, REC_LIFETIMES = 28, REC_NOTES = 64 };

typedef struct rec_culled {
  uint64_t count, bytes, lifetimes[REC_LIFETIMES];
} rec_culled;

typedef struct rec_mode_change {
  uint64_t ticks, from, to, why;
} rec_mode_change;

typedef struct rec_marker {
  uint64_t ticks, number;
  char label[256];
} rec_marker;

typedef struct recording {
  rec_allocation *allocations; /* by number, from 1 */
  uint64_t allocation_count;
  rec_node *nodes; /* by id, from 1 */
  uint32_t node_count;
  uint32_t *stacks; /* node by number, from 1 */
  uint32_t stack_count;
  uint32_t thread_count, module_count, unload_count;
  uint64_t blocks, events, frees, late_frees, allocated_bytes, freed_bytes;
  uint64_t live_bytes, live_allocations; /* of the last Totals */
  uint64_t peak_live_bytes;              /* highest of all Totals */
  uint64_t profiler_bytes, sender_cpu_ns;
  uint64_t losses[REC_LOSSES];
  rec_call *calls;
  uint32_t call_count;
  rec_mapping *mappings; /* of the last MapSample */
  uint32_t mapping_count, map_samples;
  rec_allocator allocators[16];
  uint32_t allocator_count;
  uint64_t memory[12];          /* of the last MemorySample, by field number */
  uint64_t allocator_stats[10]; /* of the last AllocatorSample, likewise */
  rec_culled *culled;           /* by stack */
  uint64_t culled_room, culled_count, culled_bytes;
  uint64_t counted_allocations, counted_deallocations; /* of Counted, summed up */
  double live_bytes_variance;
  rec_mode_change mode_changes[REC_NOTES];
  rec_marker markers[REC_NOTES];
  uint32_t mode_change_count, marker_count, mode;
  double ns_per_tick;
  uint64_t file_bytes, column_bytes[16], packed_bytes[16], dictionary_bytes;
  uint64_t problems; /* rules of docs/wire.md that were broken, or contradictions */
  bool has_hello, has_goodbye, free_stacks;
  uint32_t goodbye_reason;
  uint64_t process, parent_process;
  char executable[512], allocator[64], libc[64];
  char thread_name[64][32];
  char module_path[256][256];
  uint64_t module_start[256], module_end[256], module_bias[256];
  struct rec_unpacked *unpacked; /* columns that were compressed; the recording's own */
} recording;

/* NULL, with a message on stderr, when there is no such file. Problems inside are counted and the first ones printed.
 */
recording *recording_read(const char *path);
/* The same message by message (ClientMessage). */
recording *recording_begin(void);
void recording_message(recording *r, const uint8_t *message, size_t size);
void recording_free(recording *r);
#endif
