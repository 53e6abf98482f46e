#include "map_sample.h"

#include <errno.h>

#include "arena.h"
#include "clock.h"
#include "compress.h"
#include "process.h"
#include "sys/sys.h"

enum { LIST_BYTES = 2 << 20, READ_BYTES = 64 << 10, MOST_MAPPINGS = 8192, COST_FACTOR = 200 };
#define MS             ((uint64_t)1000000)
#define SHORTEST_NS    (1000 * MS)
#define LONGEST_NS     (60 * 1000 * MS)
#define EARLIEST_NS    (100 * MS) /* what ends sooner is not worth it */
#define LONGEST_END_NS (20 * MS)  /* what the end of the process may be held up for it */

static struct {
  uint8_t *list;
  char *text;
  uint64_t taken_ns, interval_ns, cost_ns;
  uint64_t digest; /* of the sample before */
} sampler;

int hh_map_sample_init(void) {
  sampler.list = hh_pages_reserve(LIST_BYTES, "heaphound maps");
  sampler.text = hh_pages_reserve(READ_BYTES, "heaphound maps");
  sampler.interval_ns = SHORTEST_NS;
  return sampler.list && sampler.text ? 0 : -ENOMEM;
}

void hh_map_sample_clear(void) {
  sampler.taken_ns = sampler.cost_ns = sampler.digest = 0;
  sampler.interval_ns = SHORTEST_NS;
}

/* ---- reading */

typedef struct reader {
  hh_pb pb;
  hh_mapping mapping; /* size 0: none yet */
  uint32_t count, omitted;
} reader;

static void put_mapping(reader *r) {
  const hh_mapping *is = &r->mapping;
  if (is->size == 0)
    return;
  if (r->count >= MOST_MAPPINGS || r->pb.overflow) {
    r->omitted++;
    return;
  }
  r->count++;
  uint8_t *body = hh_pb_begin(&r->pb, 1);
  hh_pb_uint(&r->pb, 1, is->start);
  hh_pb_uint(&r->pb, 2, is->size);
  hh_pb_text(&r->pb, 3, is->permissions);
  hh_pb_text(&r->pb, 4, is->name);
  hh_pb_uint(&r->pb, 5, is->offset);
  hh_pb_uint(&r->pb, 6, is->resident_bytes);
  hh_pb_uint(&r->pb, 7, is->proportional_bytes);
  hh_pb_uint(&r->pb, 8, is->private_dirty_bytes);
  hh_pb_uint(&r->pb, 9, is->anonymous_bytes);
  hh_pb_uint(&r->pb, 10, is->swap_bytes);
  hh_pb_end(&r->pb, body);
}

static void take_line(reader *r, const char *line) {
  hh_mapping next = r->mapping;
  if (hh_mapping_line(&next, line))
    put_mapping(r);
  r->mapping = next;
}

/* Whole lines; returns the bytes of the unfinished one, moved to the front. */
static size_t take_lines(reader *r, char *text, size_t bytes) {
  char *line = text;
  for (char *end; (end = memchr(line, '\n', (size_t)(text + bytes - line))); line = end + 1) {
    *end = 0;
    take_line(r, line);
  }
  size_t rest = (size_t)(text + bytes - line);
  memmove(text, line, rest);
  return rest;
}

static bool read_list(reader *r) {
  int fd = hh_sys_open_read("/proc/self/smaps");
  if (fd < 0)
    return false;
  size_t held = 0;
  long got;
  while ((got = hh_sys_read(fd, sampler.text + held, READ_BYTES - held)) > 0)
    held = take_lines(r, sampler.text, held + (size_t)got);
  hh_sys_close(fd);
  put_mapping(r);
  return got == 0;
}

/* ---- when */

static bool is_due(uint64_t now, bool ending) {
  if (hh_process_age_ns() < EARLIEST_NS)
    return false;
  if (!sampler.taken_ns)
    return true;
  return now - sampler.taken_ns >= (ending && sampler.cost_ns <= LONGEST_END_NS ? EARLIEST_NS : sampler.interval_ns);
}

static uint64_t digest_of(const uint8_t *data, size_t bytes) {
  uint64_t digest = 14695981039346656037u; /* FNV-1a */
  for (size_t i = 0; i < bytes; i++)
    digest = (digest ^ data[i]) * 1099511628211u;
  return digest;
}

/* What costs a millisecond is not done more often than every 200; what does not change is looked at less and less. */
static void plan_next(uint64_t now, uint64_t cost_ns, bool changed) {
  uint64_t interval_ns = changed ? SHORTEST_NS : sampler.interval_ns * 2;
  if (interval_ns < cost_ns * COST_FACTOR)
    interval_ns = cost_ns * COST_FACTOR;
  sampler.interval_ns = interval_ns < LONGEST_NS ? interval_ns : LONGEST_NS;
  sampler.taken_ns = now;
  sampler.cost_ns = cost_ns;
}

static void put_list(hh_pb *pb, size_t bytes) {
  size_t compressed_bytes;
  const uint8_t *compressed = hh_compress(sampler.list, bytes, &compressed_bytes);
  hh_pb_bytes(pb, 4, compressed ? compressed : sampler.list, compressed ? compressed_bytes : bytes);
  hh_pb_uint(pb, 5, compressed ? bytes : 0);
}

void hh_map_sample_put(hh_pb *pb, uint32_t field, bool ending) {
  uint64_t now = hh_sys_monotonic_ns(), ticks = hh_ring_ticks() >> HH_BLOCK_TICK_SHIFT;
  static reader r;
  if (!is_due(now, ending))
    return;
  r.mapping.size = 0;
  r.count = r.omitted = 0;
  hh_pb_open(&r.pb, sampler.list, LIST_BYTES);
  bool whole = read_list(&r);
  uint64_t cost_ns = hh_sys_monotonic_ns() - now;
  size_t bytes = hh_pb_size(&r.pb);
  uint64_t digest = digest_of(sampler.list, bytes);
  plan_next(now, cost_ns, digest != sampler.digest);
  if (!whole || !bytes || digest == sampler.digest)
    return;
  sampler.digest = digest;
  uint8_t *body = hh_pb_begin(pb, field);
  hh_pb_uint(pb, 1, ticks);
  hh_pb_uint(pb, 2, cost_ns);
  hh_pb_uint(pb, 3, r.count);
  put_list(pb, bytes);
  hh_pb_uint(pb, 6, r.omitted);
  hh_pb_end(pb, body);
}
