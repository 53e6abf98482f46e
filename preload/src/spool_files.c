#include "spool_files.h"

#include <string.h>

#include "spool_format.h"
#include "sys/files.h"
#include "sys/sys.h"

enum { KEY_DIGITS = 16, LONGEST_NAME = 32, LIST_BYTES = 4096 };

/* struct linux_dirent64. */
typedef struct listed {
  uint64_t inode;
  int64_t next;
  uint16_t length;
  uint8_t type;
  char name[];
} listed;

static bool is_named(const char *name, const char *suffix) {
  for (int i = 0; i < KEY_DIGITS; i++)
    if (!((name[i] >= '0' && name[i] <= '9') || (name[i] >= 'a' && name[i] <= 'f')))
      return false;
  return strcmp(name + KEY_DIGITS, suffix) == 0;
}

bool hh_spool_files_each(const char *directory, const char *suffix, bool (*take)(const char *path, void *context),
                         void *context) {
  char path[HH_SPOOL_PATH];
  _Alignas(8) char list[LIST_BYTES];
  size_t length = strlen(directory);
  int fd = length + 1 + LONGEST_NAME < sizeof path ? hh_sys_open_directory(directory) : -1;
  if (fd < 0)
    return false;
  memcpy(path, directory, length);
  path[length++] = '/';
  bool done = false;
  for (long bytes; !done && (bytes = hh_sys_list(fd, list, sizeof list)) > 0;) {
    const listed *entry;
    for (long at = 0; !done && at < bytes; at += entry->length) {
      entry = (const listed *)(const void *)(list + at);
      if (!is_named(entry->name, suffix))
        continue;
      memcpy(path + length, entry->name, strlen(entry->name) + 1);
      done = take(path, context);
    }
  }
  hh_sys_close(fd);
  return done;
}

static bool add_bytes(const char *path, void *context) {
  hh_sys_extent extent;
  int fd = hh_sys_open_existing(path);
  if (fd < 0)
    return false;
  if (hh_sys_measure(fd, &extent) == 0)
    *(uint64_t *)context += hh_sys_lock(fd) ? extent.bytes : extent.stored;
  hh_sys_close(fd);
  return false;
}

uint64_t hh_spool_files_bytes(const char *directory) {
  static const char *const suffixes[] = {HH_SPOOL_SUFFIX, ".bad", ".new"};
  uint64_t sum = 0;
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
    hh_spool_files_each(directory, suffixes[i], add_bytes, &sum);
  return sum;
}
