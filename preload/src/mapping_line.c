/* Lines of /proc/self/smaps:
 *
 *   7f12a4000000-7f12a4021000 rw-p 00000000 00:00 0          [anon:name]
 *   Rss:                 132 kB
 */
#include <string.h>

#include "map_sample.h"
#include "proc_text.h"

enum { KIB = 1024, COLUMNS_BEHIND_OFFSET = 2 }; /* device and inode */

static bool is_header(const char *line) {
  size_t digits = strspn(line, "0123456789abcdef");
  return digits && line[digits] == '-';
}

static const char *next_column(const char *at) {
  at += strcspn(at, " ");
  return at + strspn(at, " ");
}

static void read_header(hh_mapping *mapping, const char *line) {
  const char *at = line;
  *mapping = (hh_mapping){.start = hh_proc_hex(&at)};
  at++;
  mapping->size = hh_proc_hex(&at) - mapping->start;
  at += strspn(at, " ");
  size_t length = strnlen(at, sizeof mapping->permissions - 1);
  memcpy(mapping->permissions, at, length);
  at = next_column(at);
  mapping->offset = hh_proc_hex(&at);
  at = next_column(at);
  for (int i = 0; i < COLUMNS_BEHIND_OFFSET; i++)
    at = next_column(at);
  length = strnlen(at, sizeof mapping->name - 1);
  memcpy(mapping->name, at, length);
}

bool hh_mapping_line(hh_mapping *mapping, const char *line) {
  static const struct {
    const char *key;
    size_t offset;
  } figures[] = {
      {"Rss:", offsetof(hh_mapping, resident_bytes)},
      {"Pss:", offsetof(hh_mapping, proportional_bytes)},
      {"Private_Dirty:", offsetof(hh_mapping, private_dirty_bytes)},
      {"Anonymous:", offsetof(hh_mapping, anonymous_bytes)},
      {"Swap:", offsetof(hh_mapping, swap_bytes)},
  };
  if (is_header(line)) {
    read_header(mapping, line);
    return true;
  }
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
    size_t length = strlen(figures[i].key);
    if (strncmp(line, figures[i].key, length) != 0)
      continue;
    const char *at = line + length;
    uint64_t bytes = hh_proc_decimal(&at) * KIB;
    memcpy((char *)mapping + figures[i].offset, &bytes, sizeof bytes);
  }
  return false;
}
