/* show FILE [--events | --stacks]: what a recording holds, for people and scripts. */
#include <stdio.h>
#include <string.h>

#include "recording.h"

static const char *const loss_names[REC_LOSSES] = {"",
                                                   "ring_full",
                                                   "spool_full",
                                                   "unknown_free",
                                                   "missed_free",
                                                   "no_stack",
                                                   "truncated_stack",
                                                   "guessed_frame",
                                                   "busy",
                                                   "stack_table_full",
                                                   "unrecorded_free",
                                                   "forgotten",
                                                   "sample_set_full",
                                                   "marker",
                                                   [16] = "memory_call",
                                                   [17] = "unhooked_allocator"};
static const char *const column_names[12] = {"",    "control", "time",   "stack", "size",       "address",
                                             "age", "late",    "thread", "kind",  "free_stack", "big"};

static void show_stack(const recording *r, uint32_t stack) {
  uint32_t node = stack ? r->stacks[stack] : 0;
  for (; node && r->nodes[node].parent; node = r->nodes[node].parent) {
    uint64_t address = r->nodes[node].address;
    const char *name = "?";
    uint64_t bias = 0;
    for (uint32_t i = 0; i < r->module_count && i < 256; i++)
      if (address >= r->module_start[i] && address < r->module_end[i]) {
        name = strrchr(r->module_path[i], '/') ? strrchr(r->module_path[i], '/') + 1 : r->module_path[i];
        bias = r->module_bias[i];
      }
    printf(" %s+%llx", name, (unsigned long long)(address - bias));
  }
}

static void show_events(const recording *r, bool stacks) {
  for (uint64_t i = 1; i <= r->allocation_count; i++) {
    const rec_allocation *a = &r->allocations[i];
    printf("%llu key %llx size %llu stack %u thread %u kind %u align %u replaced %llu %s free_stack %u",
           (unsigned long long)i, (unsigned long long)a->key, (unsigned long long)a->size, a->stack, a->thread, a->kind,
           a->align_log2, (unsigned long long)a->replaced, a->freed ? "freed" : "live", a->free_stack);
    if (stacks)
      show_stack(r, a->stack);
    putchar('\n');
  }
}

int main(int argc, char **argv) {
  recording *r = argc > 1 ? recording_read(argv[1]) : NULL;
  if (!r)
    return 2;
  if (argc > 2)
    show_events(r, strcmp(argv[2], "--stacks") == 0);
  double pairs = r->allocation_count ? (double)r->allocation_count : 1;
  printf("%s %s %s: %llu allocations, %llu frees (%llu late), %llu bytes, %llu live (%llu bytes; totals say %llu, "
         "%llu), peak %llu\n",
         r->executable, r->libc, r->allocator, (unsigned long long)r->allocation_count, (unsigned long long)r->frees,
         (unsigned long long)r->late_frees, (unsigned long long)r->allocated_bytes,
         (unsigned long long)(r->allocation_count - r->frees),
         (unsigned long long)(r->allocated_bytes - r->freed_bytes), (unsigned long long)r->live_allocations,
         (unsigned long long)r->live_bytes, (unsigned long long)r->peak_live_bytes);
  printf("%llu blocks, %llu events, %u stacks, %u nodes, %u threads, %u modules, %u unloads; goodbye %d (%u); problems "
         "%llu\n",
         (unsigned long long)r->blocks, (unsigned long long)r->events, r->stack_count, r->node_count, r->thread_count,
         r->module_count, r->unload_count, r->has_goodbye, r->goodbye_reason, (unsigned long long)r->problems);
  printf("%.2f bytes/pair; sender %.1f ns/pair; profiler %.1f MB; dictionary %.2f\n ", (double)r->file_bytes / pairs,
         (double)r->sender_cpu_ns / pairs, (double)r->profiler_bytes / 1e6, (double)r->dictionary_bytes / pairs);
  for (int i = 1; i < 12; i++)
    printf(" %s %.2f>%.2f", column_names[i], (double)r->column_bytes[i] / pairs, (double)r->packed_bytes[i] / pairs);
  for (uint32_t i = 0; i < r->allocator_count; i++)
    printf("\nallocator %u: %s %s in %s, hooking %u", r->allocators[i].number, r->allocators[i].name,
           r->allocators[i].version, r->allocators[i].module, r->allocators[i].hooking);
  printf("\nlosses:");
  for (int i = 1; i < REC_LOSSES; i++)
    if (r->losses[i])
      printf(" %s %llu", loss_names[i] ? loss_names[i] : "?", (unsigned long long)r->losses[i]);
  printf("\n");
  return r->problems ? 1 : 0;
}
