#include "environment.h"

#include <string.h>

#include "arena.h"
#include "libc.h"

extern char **environ;

static const char preload[] = "LD_PRELOAD=";
static const char library[] = "libheaphound.so";
static char parent[] = "HEAPHOUND_PARENT_PROCESS=0000000000000000";
static char profiled[] = "HEAPHOUND_PROFILED_PID=0000000000";

static const char *loaded_as; /* what the loader calls us */

static bool is_separator(char character) {
  return character == ' ' || character == ':';
}

/* The entry's last path component, or all of it, is ours. */
static bool is_library(const char *entry, size_t length) {
  size_t name_length = sizeof library - 1;
  if (loaded_as && strlen(loaded_as) == length && memcmp(entry, loaded_as, length) == 0)
    return true;
  if (length < name_length || memcmp(entry + length - name_length, library, name_length) != 0)
    return false;
  return length == name_length || entry[length - name_length - 1] == '/';
}

static const char *next_entry(const char *at, size_t *length) {
  while (*at && is_separator(*at))
    at++;
  *length = 0;
  while (at[*length] && !is_separator(at[*length]))
    (*length)++;
  return at;
}

bool hh_environment_has_library(const char *list) {
  size_t length;
  for (list = next_entry(list, &length); length; list = next_entry(list + length, &length))
    if (is_library(list, length))
      return true;
  return false;
}

void hh_environment_list_without(const char *list, char *out) {
  const char *start = out;
  size_t length;
  for (list = next_entry(list, &length); length; list = next_entry(list + length, &length)) {
    if (is_library(list, length))
      continue;
    if (out != start)
      *out++ = ':';
    memmove(out, list, length);
    out += length;
  }
  *out = 0;
}

void hh_environment_resolve(void) {
  Dl_info self;
  if (hh_libc.dladdr && hh_libc.dladdr((void *)(uintptr_t)library, &self))
    loaded_as = self.dli_fname;
}

const char *hh_environment_library(void) {
  return loaded_as ? loaded_as : library;
}

void hh_environment_leave_preload(void) {
  for (char **entry = environ; *entry; entry++) {
    if (strncmp(*entry, preload, sizeof preload - 1) != 0)
      continue;
    char *list = *entry + sizeof preload - 1;
    hh_environment_list_without(list, list);
    if (*list)
      return;
    for (char **move = entry; *move; move++) /* an empty list: as if it had never been set */
      move[0] = move[1];
    return;
  }
}

/* Puts an entry of our own in, in place of one of the same name. */
static void set(char *own, size_t name_length) {
  size_t count = 0;
  for (; environ[count]; count++) {
    if (strncmp(environ[count], own, name_length) == 0) {
      environ[count] = own;
      return;
    }
  }
  char **longer = hh_pages((count + 2) * sizeof *longer, "heaphound environment");
  if (!longer)
    return;
  memcpy(longer, environ, count * sizeof *longer);
  longer[count] = own;
  environ = longer;
}

static void put_digits(char *end, unsigned count, uint64_t value, unsigned base) {
  while (count--) {
    *--end = "0123456789abcdef"[value % base];
    value /= base;
  }
}

void hh_environment_put_key(char *end, uint64_t process_key) {
  put_digits(end, 16, process_key, 16);
}

void hh_environment_change_parent(uint64_t process_key) {
  hh_environment_put_key(parent + sizeof parent - 1, process_key);
}

void hh_environment_set_parent(uint64_t process_key) {
  hh_environment_change_parent(process_key);
  set(parent, sizeof parent - 17);
}

void hh_environment_set_pid(int pid) {
  put_digits(profiled + sizeof profiled - 1, 10, (uint64_t)pid, 10);
  set(profiled, sizeof profiled - 11);
}
