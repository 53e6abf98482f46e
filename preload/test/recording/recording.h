/* Reads recordings back, for tests: an implementation of docs/wire.md of its own that checks as it goes. */
#ifndef HH_RECORDING_H
#define HH_RECORDING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rec_allocation {
  uint64_t key, size, ticks, freed_ticks, replaced;
  uint32_t stack, thread, freed_thread, free_stack;
  uint8_t kind, align_log2;
  bool freed;
} rec_allocation;

typedef struct rec_node {
  uint64_t address;
  uint32_t parent;
} rec_node;

enum { REC_LOSSES = 10, REC_PROBLEMS = 20 };

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
  uint64_t file_bytes, column_bytes[12], packed_bytes[12], dictionary_bytes;
  uint64_t problems; /* rules of docs/wire.md that were broken, or contradictions */
  bool has_hello, has_goodbye, free_stacks;
  uint32_t goodbye_reason;
  uint64_t process, parent_process;
  char executable[512], allocator[64], libc[64];
  char thread_name[64][32];
  char module_path[256][256];
  uint64_t module_start[256], module_end[256], module_bias[256];
} recording;

/* NULL, with a message on stderr, when there is no such file. Problems inside are counted and the first ones printed.
 */
recording *recording_read(const char *path);
#endif
