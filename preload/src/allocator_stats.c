/* What the allocator behind malloc says of itself. glibc's mallinfo2 goes through all that is free while it holds an
 * arena's lock, and a thread that allocates meanwhile waits: only on request, and the more seldom the longer it takes.
 */
#include "allocator_stats.h"

#include <string.h>

#include "clock.h"
#include "libc.h"
#include "options.h"
#include "sys/sys.h"

enum { COST_FACTOR = 1000 };
#define SHORTEST_NS ((uint64_t)1000 * 1000 * 1000)

/* As glibc has it since 2.33; before, numbers were ints. */
typedef struct statistics {
  size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
} statistics;

static statistics (*mallinfo)(void);
static int (*mallctl)(const char *name, void *old, size_t *old_size, void *new, size_t new_size);
static uint64_t taken_ns, interval_ns;

void hh_allocator_stats_resolve(const char *allocator, uint64_t version_function) {
  mallinfo = NULL;
  mallctl = NULL;
  interval_ns = SHORTEST_NS;
  if (!hh_options.allocator_stats)
    return;
  if (strcmp(allocator, "glibc") == 0) {
    void *found = hh_libc_next("mallinfo2");
    memcpy(&mallinfo, &found, sizeof found);
  } else if (strcmp(allocator, "jemalloc") == 0) {
    memcpy(&mallctl, &version_function, sizeof mallctl);
  }
}

typedef struct sample {
  uint64_t in_use, free, mapped, big, big_blocks, top;
} sample;

static size_t jemalloc_figure(const char *name) {
  size_t value = 0, size = sizeof value;
  return mallctl(name, &value, &size, NULL, 0) == 0 ? value : 0;
}

static sample of_jemalloc(void) {
  uint64_t epoch = 1;
  size_t size = sizeof epoch;
  mallctl("epoch", &epoch, &size, &epoch, sizeof epoch);
  sample is = {.in_use = jemalloc_figure("stats.allocated"), .mapped = jemalloc_figure("stats.mapped")};
  size_t active = jemalloc_figure("stats.active");
  is.free = active > is.in_use ? active - is.in_use : 0;
  return is;
}

static sample of_glibc(void) {
  statistics is = mallinfo();
  return (sample){.in_use = is.uordblks + is.hblkhd,
                  .free = is.fordblks,
                  .mapped = is.arena + is.hblkhd,
                  .big = is.hblkhd,
                  .big_blocks = is.hblks,
                  .top = is.keepcost};
}

void hh_allocator_stats_put(hh_pb *pb, uint32_t field) {
  uint64_t begin = hh_sys_monotonic_ns();
  if ((!mallinfo && !mallctl) || (taken_ns && begin - taken_ns < interval_ns))
    return;
  sample is = mallinfo ? of_glibc() : of_jemalloc();
  taken_ns = begin;
  interval_ns = (hh_sys_monotonic_ns() - begin) * COST_FACTOR;
  if (interval_ns < SHORTEST_NS)
    interval_ns = SHORTEST_NS;
  uint8_t *body = hh_pb_begin(pb, field);
  hh_pb_uint(pb, 1, hh_ring_ticks() >> HH_BLOCK_TICK_SHIFT);
  hh_pb_uint(pb, 3, is.in_use); /* 2, the allocator: number 0 */
  hh_pb_uint(pb, 4, is.free);
  hh_pb_uint(pb, 5, is.mapped);
  hh_pb_uint(pb, 7, is.big);
  hh_pb_uint(pb, 8, is.big_blocks);
  hh_pb_uint(pb, 9, is.top);
  hh_pb_end(pb, body);
}

void hh_allocator_stats_clear(void) {
  taken_ns = 0;
}
