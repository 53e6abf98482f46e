#include "options.h"

#include <errno.h>
#include <string.h>

hh_options_values hh_options = {
#define HH_OPTION_INITIAL_text(value)                value
#define HH_OPTION_INITIAL_u64(value)                 value
#define HH_OPTION_INITIAL_flag(value)                value
#define OPT(NAME, field, type, initial, description) .field = HH_OPTION_INITIAL_##type(initial),
#include "options.def"
#undef OPT
};

static int parse_text(const char *value, void *out) {
  size_t length = strnlen(value, HH_OPTION_TEXT);
  if (length == HH_OPTION_TEXT)
    return -EINVAL;
  memcpy(out, value, length + 1);
  return 0;
}

static unsigned unit_shift(char unit) {
  return unit == 'K' ? 10 : unit == 'M' ? 20 : unit == 'G' ? 30 : 0;
}

static int parse_u64(const char *value, void *out) {
  uint64_t number = 0;
  if (*value < '0' || *value > '9')
    return -EINVAL;
  for (; *value >= '0' && *value <= '9'; value++)
    if (__builtin_mul_overflow(number, 10, &number) ||
        __builtin_add_overflow(number, (uint64_t)(*value - '0'), &number))
      return -EINVAL;
  unsigned shift = unit_shift(*value);
  if (value[shift ? 1 : 0] || (number << shift) >> shift != number)
    return -EINVAL;
  *(uint64_t *)out = number << shift;
  return 0;
}

static int parse_flag(const char *value, void *out) {
  if ((*value != '0' && *value != '1') || value[1])
    return -EINVAL;
  *(bool *)out = *value == '1';
  return 0;
}

typedef struct option {
  const char *name; /* with '=' */
  size_t name_length;
  int (*parse)(const char *value, void *out);
  void *field;
} option;

static const option all_options[] = {
#define OPT(NAME, field, type, initial, description)                                                                   \
  {"HEAPHOUND_" #NAME "=", sizeof "HEAPHOUND_" #NAME, parse_##type, &hh_options.field},
#include "options.def"
#undef OPT
};

static const option *find(const char *entry) {
  for (size_t i = 0; i < sizeof all_options / sizeof *all_options; i++)
    if (strncmp(entry, all_options[i].name, all_options[i].name_length) == 0)
      return &all_options[i];
  return NULL;
}

int hh_options_read(char *const *environment, const char **bad) {
  for (; *environment; environment++) {
    const option *found = find(*environment);
    if (!found || !(*environment)[found->name_length])
      continue; /* unknown ones belong to other parts; an empty value is the default */
    if (found->parse(*environment + found->name_length, found->field) != 0) {
      *bad = found->name;
      return -EINVAL;
    }
  }
  return 0;
}
