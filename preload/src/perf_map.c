#include "perf_map.h"

#include <string.h>

#include "arena.h"
#include "log.h"
#include "sys/sys.h"

enum { MOST = 1 << 17, NAMES_BYTES = 16 << 20, READ_BYTES = 64 << 10, PATH_BYTES = 64 };

static struct {
  hh_code *code; /* sorted by start, then line */
  char *names;
  uint32_t count, lines, names_used;
  uint64_t low, high; /* all of them lie between */
  uint64_t offset;    /* in the file: behind the last whole line */
  int fd;             /* + 1; 0 = not open */
  bool is_full;
} map;

/* ---- lines */

static const char *read_hex(const char *at, const char *end, uint64_t *value) {
  const char *begin = at;
  if (end - at > 2 && at[0] == '0' && (at[1] | 32) == 'x')
    at += 2;
  for (*value = 0; at < end; at++) {
    const unsigned digit = (unsigned)*at - '0', letter = ((unsigned)*at | 32) - 'a';
    if (digit > 9 && letter > 5)
      break;
    *value = *value << 4 | (digit <= 9 ? digit : letter + 10);
  }
  return at > begin && at < end && *at == ' ' ? at + 1 : NULL;
}

static void add(uint64_t start, uint64_t size, const char *name, size_t name_bytes) {
  if (map.count == MOST || map.names_used + name_bytes > NAMES_BYTES) {
    if (!map.is_full)
      hh_log(HH_LOG_ERROR, "more than %d functions of generated code: further ones stay without a name", MOST);
    map.is_full = true;
    return;
  }
  char *kept = map.names + map.names_used;
  memcpy(kept, name, name_bytes);
  map.names_used += (uint32_t)name_bytes;
  map.code[map.count++] =
      (hh_code){.start = start, .size = size, .name = kept, .name_bytes = (uint32_t)name_bytes, .line = map.lines};
  map.low = start < map.low ? start : map.low;
  map.high = start + size > map.high ? start + size : map.high;
}

static void take_line(const char *at, const char *end) {
  uint64_t start, size;
  map.lines++;
  at = read_hex(at, end, &start);
  at = at ? read_hex(at, end, &size) : NULL;
  if (!at || at == end || !size || start + size < start)
    return;
  size_t name_bytes = (size_t)(end - at);
  if (name_bytes > HH_CODE_NAME_MAX) {
    for (name_bytes = HH_CODE_NAME_MAX; name_bytes && ((uint8_t)at[name_bytes] & 0xc0) == 0x80;)
      name_bytes--; /* not within a character of UTF-8 */
  }
  add(start, size, at, name_bytes);
}

/* ---- order */

static bool is_before(const hh_code *a, const hh_code *b) {
  return a->start != b->start ? a->start < b->start : a->line < b->line;
}

/* Shell's: in place, no libc, and quick where most is in order already. */
static void sort(void) {
  static const uint32_t gaps[] = {57414, 25517, 11341, 5040, 2240, 995, 442, 196, 86, 38, 16, 6, 1};
  for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
    for (uint32_t i = gaps[g]; i < map.count; i++) {
      const hh_code moved = map.code[i];
      uint32_t at = i;
      for (; at >= gaps[g] && is_before(&moved, &map.code[at - gaps[g]]); at -= gaps[g])
        map.code[at] = map.code[at - gaps[g]];
      map.code[at] = moved;
    }
}

/* ---- the file */

static bool open_file(void) {
  char path[PATH_BYTES] = "/tmp/perf-", *end = path + strlen(path);
  const int pid = hh_sys_pid();
  for (int rest = pid; rest; rest /= 10)
    end++;
  memcpy(end, ".map", sizeof ".map");
  for (int rest = pid; rest; rest /= 10)
    *--end = (char)('0' + rest % 10);
  const int fd = hh_sys_open_own(path);
  if (fd < 0)
    return false;
  if (!map.code) {
    map.code = hh_pages_reserve(MOST * sizeof *map.code, "heaphound generated code");
    map.names = hh_pages_reserve(NAMES_BYTES, "heaphound generated code");
  }
  if (!map.code || !map.names) {
    hh_sys_close(fd);
    return false;
  }
  map.fd = fd + 1;
  map.low = UINT64_MAX;
  return true;
}

/* Whole lines of what was read; the number of bytes that they have. */
static size_t take_lines(const char *text, size_t bytes) {
  const char *at = text, *end = text + bytes;
  for (const char *line_end; (line_end = memchr(at, '\n', (size_t)(end - at))); at = line_end + 1)
    take_line(at, line_end);
  return (size_t)(at - text);
}

void hh_perf_map_read(void) {
  if (!map.fd && !open_file())
    return;
  char *text = hh_pages(READ_BYTES, "heaphound generated code");
  const uint32_t count = map.count;
  while (text) {
    const long got = hh_sys_pread(map.fd - 1, text, READ_BYTES, map.offset);
    size_t taken = got > 0 ? take_lines(text, (size_t)got) : 0;
    if (!taken && got == READ_BYTES)
      taken = READ_BYTES; /* no line is that long */
    if (!taken)
      break;
    map.offset += taken;
  }
  hh_pages_free(text, READ_BYTES);
  if (map.count != count)
    sort();
}

hh_code *hh_perf_map_at(uint64_t address) {
  if (address - map.low >= map.high - map.low || !map.count)
    return NULL;
  uint32_t low = 0, high = map.count; /* the last one that begins at the address or before it */
  while (high - low > 1) {
    const uint32_t middle = (low + high) / 2;
    if (map.code[middle].start <= address)
      low = middle;
    else
      high = middle;
  }
  hh_code *found = &map.code[low];
  return address - found->start < found->size ? found : NULL;
}

void hh_perf_map_clear(void) {
  if (map.fd)
    hh_sys_close(map.fd - 1);
  map.fd = 0;
  map.count = map.lines = map.names_used = 0;
  map.offset = map.low = map.high = 0;
  map.is_full = false;
}
