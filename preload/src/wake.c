#include "wake.h"

#include <errno.h>
#include <string.h>

enum { MOST = 8, HISTORY = 256 };
#define MINUTE_NS ((uint64_t)60 * 1000 * 1000 * 1000)

enum type { PERCENT, BYTES, PER_MINUTE };

static struct {
  struct {
    enum type type;
    double value;
  } condition[MOST];
  unsigned count;
  struct {
    uint64_t ns, resident_bytes;
  } seen[HISTORY]; /* of the last minute, oldest at `first` */
  unsigned first, seen_count;
} wake;

static double parse_number(const char **at) {
  double value = 0, place = 1;
  if (**at < '0' || **at > '9')
    return -1;
  for (; **at >= '0' && **at <= '9'; ++*at)
    value = value * 10 + (**at - '0');
  if (**at == '.')
    for (++*at; **at >= '0' && **at <= '9'; ++*at)
      value += (**at - '0') * (place /= 10);
  return value;
}

static double unit(const char **at) {
  static const char units[] = "KMGT";
  const char *found = **at ? strchr(units, **at) : NULL;
  if (!found)
    return 1;
  ++*at;
  return (double)((uint64_t)1 << 10 * (found - units + 1));
}

static bool starts_with(const char **at, const char *word) {
  size_t length = strlen(word);
  if (strncmp(*at, word, length) != 0)
    return false;
  *at += length;
  return true;
}

static bool parse_condition(const char **at) {
  if (wake.count == MOST)
    return false;
  double value = parse_number(at);
  enum type type = BYTES;
  if (value <= 0)
    return false;
  if (starts_with(at, "%")) {
    type = PERCENT;
  } else {
    value *= unit(at);
    if (starts_with(at, "/min"))
      type = PER_MINUTE;
  }
  wake.condition[wake.count].type = type;
  wake.condition[wake.count++].value = value;
  return type != PERCENT || value <= 100;
}

int hh_wake_init(const char *text) {
  wake.count = 0;
  hh_wake_forget();
  if (!*text)
    return 0;
  do {
    if (!parse_condition(&text))
      return -EINVAL;
  } while (starts_with(&text, ","));
  return *text ? -EINVAL : 0;
}

bool hh_wake_wanted(void) {
  return wake.count;
}

void hh_wake_forget(void) {
  wake.seen_count = 0;
}

static void remember(const hh_wake_figures *now) {
  while (wake.seen_count && (wake.seen_count == HISTORY || now->now_ns - wake.seen[wake.first].ns > MINUTE_NS)) {
    wake.first = (wake.first + 1) % HISTORY;
    wake.seen_count--;
  }
  unsigned at = (wake.first + wake.seen_count++) % HISTORY;
  wake.seen[at].ns = now->now_ns;
  wake.seen[at].resident_bytes = now->resident_bytes;
}

static double grown(const hh_wake_figures *now) {
  return (double)now->resident_bytes - (double)wake.seen[wake.first].resident_bytes;
}

bool hh_wake_due(const hh_wake_figures *now) {
  bool due = false;
  remember(now);
  for (unsigned i = 0; i < wake.count; i++) {
    double value = wake.condition[i].value;
    switch (wake.condition[i].type) {
    case PERCENT:
      due |= now->cgroup_limit_bytes && (double)now->cgroup_bytes * 100 > value * (double)now->cgroup_limit_bytes;
      break;
    case BYTES:
      due |= (double)now->resident_bytes > value;
      break;
    case PER_MINUTE:
      due |= grown(now) > value;
      break;
    }
  }
  return due;
}
