#include "exec_environment.h"

#include <errno.h>
#include <string.h>

#include "arena.h"
#include "environment.h"

extern char **environ;

enum { OPTIONS_MAX = 64 };
static const char preload[] = "LD_PRELOAD=";
static const char prefix[] = "HEAPHOUND_";
static const char parent[] = "HEAPHOUND_PARENT_PROCESS=";
enum { PRELOAD = sizeof preload - 1, PREFIX = sizeof prefix - 1, PARENT = sizeof parent - 1, KEY_DIGITS = 16 };

static const char *option[OPTIONS_MAX]; /* "HEAPHOUND_NAME=value" as they were at the start */
static unsigned option_count;

/* The parent's key and the process id are this process's own affair. */
static bool is_inherited(const char *entry) {
  return strncmp(entry, prefix, PREFIX) == 0 && strncmp(entry, parent, PARENT) != 0 &&
         strncmp(entry, "HEAPHOUND_PROFILED_PID=", sizeof "HEAPHOUND_PROFILED_PID=" - 1) != 0;
}

int hh_exec_environment_init(void) {
  size_t bytes = 0;
  for (char **entry = environ; *entry; entry++)
    bytes += is_inherited(*entry) ? strlen(*entry) + 1 : 0;
  char *kept = bytes ? hh_pages(bytes, "heaphound environment") : NULL;
  if (bytes && !kept)
    return -ENOMEM;
  for (char **entry = environ; *entry && option_count < OPTIONS_MAX; entry++) {
    if (!is_inherited(*entry))
      continue;
    size_t size = strlen(*entry) + 1;
    option[option_count++] = memcpy(kept, *entry, size);
    kept += size;
  }
  return 0;
}

static size_t count_of(char *const *list) {
  size_t count = 0;
  while (list && list[count])
    count++;
  return count;
}

static long find(char *const *list, const char *name, size_t length) {
  for (long i = 0; list && list[i]; i++)
    if (strncmp(list[i], name, length) == 0)
      return i;
  return -1;
}

size_t hh_exec_environment_bytes(char *const *given) {
  long at = find(given, preload, PRELOAD);
  size_t list = at < 0 ? 0 : strlen(given[at]);
  return (count_of(given) + option_count + 3) * sizeof(char *) + PARENT + KEY_DIGITS + 1 + PRELOAD + list +
         strlen(hh_environment_library()) + 2;
}

typedef struct builder {
  char **list;
  size_t count;
  char *text; /* room for strings */
} builder;

static void set(builder *out, const char *name, size_t length, char *entry) {
  long at = find(out->list, name, length);
  if (at >= 0) {
    out->list[at] = entry;
    return;
  }
  out->list[out->count++] = entry;
  out->list[out->count] = NULL;
}

static void set_parent(builder *out, uint64_t key) {
  char *entry = out->text;
  memcpy(entry, parent, PARENT);
  hh_environment_put_key(entry + PARENT + KEY_DIGITS, key);
  entry[PARENT + KEY_DIGITS] = 0;
  out->text += PARENT + KEY_DIGITS + 1;
  set(out, parent, PARENT, entry);
}

/* Ours goes first, so that it stands before the allocators among the others. */
static void add_library(builder *out) {
  long at = find(out->list, preload, PRELOAD);
  const char *others = at < 0 ? "" : out->list[at] + PRELOAD;
  if (hh_environment_has_library(others))
    return;
  size_t own = strlen(hh_environment_library()), more = strlen(others);
  char *entry = out->text;
  memcpy(entry, preload, PRELOAD);
  memcpy(entry + PRELOAD, hh_environment_library(), own);
  entry[PRELOAD + own] = more ? ':' : 0;
  memcpy(entry + PRELOAD + own + 1, others, more);
  entry[PRELOAD + own + 1 + more] = 0;
  set(out, preload, PRELOAD, entry);
}

static void leave_library(builder *out) {
  long at = find(out->list, preload, PRELOAD);
  char *entry = out->text;
  memcpy(entry, preload, PRELOAD);
  hh_environment_list_without(out->list[at] + PRELOAD, entry + PRELOAD);
  out->list[at] = entry;
  if (entry[PRELOAD])
    return;
  for (char **move = out->list + at; *move; move++) /* an empty list: as if it had never been set */
    move[0] = move[1];
}

static void add_options(builder *out) {
  for (unsigned i = 0; i < option_count; i++) {
    size_t length = (size_t)(strchr(option[i], '=') - option[i]) + 1;
    if (find(out->list, option[i], length) < 0)
      set(out, option[i], length, (char *)(uintptr_t)option[i]);
  }
}

char *const *hh_exec_environment(char *const *given, enum hh_heritage heritage, uint64_t parent_key, void *room) {
  long at = find(given, preload, PRELOAD);
  bool has_library = at >= 0 && hh_environment_has_library(given[at] + PRELOAD);
  if (!has_library && heritage != HH_HERITAGE_FOLLOW)
    return given;
  size_t count = count_of(given);
  builder out = {room, count, (char *)room + (count + option_count + 3) * sizeof(char *)};
  for (size_t i = 0; i < count; i++)
    out.list[i] = given[i];
  out.list[count] = NULL;
  if (heritage == HH_HERITAGE_NONE) {
    leave_library(&out);
    return out.list;
  }
  set_parent(&out, parent_key);
  if (heritage == HH_HERITAGE_FOLLOW) {
    add_library(&out);
    add_options(&out);
  }
  return out.list;
}
