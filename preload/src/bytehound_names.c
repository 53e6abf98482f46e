#include "bytehound_names.h"

#define HEAPHOUND_BUILDING
#include <string.h>

#include "bytehound.h"
#include "heaphound.h"
#include "mode.h"
#include "notes.h"
#include "options.h"
#include "process.h"
#include "sys/sys.h"

static bool is_true(const char *value) {
  return strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
}

static uint64_t number(const char *value) {
  uint64_t result = 0;
  for (; *value >= '0' && *value <= '9' && result < UINT64_MAX / 20; value++)
    result = result * 10 + (uint64_t)(*value - '0');
  return result;
}

static void set_text(char *field, const char *value) {
  size_t length = strnlen(value, HH_OPTION_TEXT);
  if (length < HH_OPTION_TEXT)
    memcpy(field, value, length + 1);
}

/* ---- file names: %e executable, %t seconds, %p process id (which stays), %n a counter (here the process id too) */

typedef struct text {
  char *at, *end;
} text;

static void add(text *to, const char *what, size_t length) {
  if ((size_t)(to->end - to->at) > length) {
    memcpy(to->at, what, length);
    to->at += length;
  }
}

static void add_executable(text *to) {
  char path[4096];
  long length = hh_sys_readlink("/proc/self/exe", path, sizeof path);
  const char *name = length > 0 ? strrchr(path, '/') : NULL;
  if (name)
    add(to, name + 1, strlen(name + 1));
}

static void add_seconds(text *to) {
  char digits[20], *at = digits + sizeof digits;
  uint64_t seconds = hh_sys_unix_ns() / 1000000000u;
  do
    *--at = (char)('0' + seconds % 10);
  while (seconds /= 10);
  add(to, at, (size_t)(digits + sizeof digits - at));
}

static void read_output(const char *value) {
  text to = {hh_options.output, hh_options.output + HH_OPTION_TEXT};
  for (; *value; value++) {
    if (*value != '%' || !value[1]) {
      add(&to, value, 1);
      continue;
    }
    switch (*++value) {
    case 'e':
      add_executable(&to);
      break;
    case 't':
      add_seconds(&to);
      break;
    case 'p':
    case 'n':
      add(&to, "%p", 2);
      break;
    default:
      add(&to, value, 1);
    }
  }
  *to.at = 0;
}

/* ---- the others */

static void read_log(const char *value) {
  static const char *const levels[][2] = {
      {"error", "error"}, {"warn", "error"}, {"info", "info"}, {"debug", "debug"}, {"trace", "debug"}};
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
    if (strcmp(value, levels[i][0]) == 0)
      set_text(hh_options.log, levels[i][1]);
}

static void read_cull(const char *value) {
  if (is_true(value) && strcmp(hh_options.mode, "dormant") != 0)
    set_text(hh_options.mode, "cull");
  if (is_true(value))
    set_text(hh_options.wake_mode, "cull");
}

static void read_disabled(const char *value) {
  if (is_true(value))
    set_text(hh_options.mode, "dormant");
}

static void read_lifetime(const char *value) {
  hh_options.cull_ms = number(value);
}

static void read_pending(const char *value) {
  hh_options.cull_pending = number(value);
}

static void read_free_stacks(const char *value) {
  hh_options.free_stacks = is_true(value);
}

static void read_follow(const char *value) {
  if (is_true(value))
    set_text(hh_options.follow, "children");
}

static void read_signals(const char *value) {
  hh_options.signals |= is_true(value);
}

static const struct {
  const char *name;
  void (*read)(const char *value);
} variables[] = {
    {"OUTPUT=", read_output},
    {"LOG=", read_log},
    {"DISABLE_BY_DEFAULT=", read_disabled},
    {"CULL_TEMPORARY_ALLOCATIONS=", read_cull},
    {"TEMPORARY_ALLOCATION_LIFETIME_THRESHOLD=", read_lifetime},
    {"TEMPORARY_ALLOCATION_PENDING_THRESHOLD=", read_pending},
    {"GRAB_BACKTRACES_ON_FREE=", read_free_stacks},
    {"TRACK_CHILD_PROCESSES=", read_follow},
    {"REGISTER_SIGUSR1=", read_signals},
};

static void read_entry(const char *entry) {
  static const char prefix[] = "MEMORY_PROFILER_";
  if (strncmp(entry, prefix, sizeof prefix - 1) != 0)
    return;
  entry += sizeof prefix - 1;
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
    if (strncmp(entry, variables[i].name, strlen(variables[i].name)) == 0)
      variables[i].read(entry + strlen(variables[i].name));
}

/* With a server of ours the file that Bytehound would have written is not wanted. */
static bool has_server(char *const *environment) {
  static const char server[] = "HEAPHOUND_SERVER=";
  for (; *environment; environment++)
    if (strncmp(*environment, server, sizeof server - 1) == 0)
      return true;
  return false;
}

void hh_bytehound_read(char *const *environment) {
  bool served = has_server(environment);
  for (char *const *entry = environment; *entry; entry++)
    read_entry(*entry);
  if (served)
    hh_options.output[0] = 0;
}

/* ---- functions */

void memory_profiler_start(void) {
  hh_mode_start(HH_WHY_API);
}

void memory_profiler_stop(void) {
  hh_mode_stop(HH_WHY_API);
}

void memory_profiler_sync(void) {
  hh_process_sync();
}

void memory_profiler_set_marker(uint32_t marker) {
  hh_marker_put(marker, NULL);
}

void memory_profiler_override_next_timestamp(uint64_t microseconds) {
  (void)microseconds;
}
