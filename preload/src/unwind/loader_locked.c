#include "loader_locked.h"
#include <errno.h>
#include <string.h>

typedef struct counters {
  uint64_t adds, subs;
} counters;

static int read_counters(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  *(counters *)data = (counters){info->dlpi_adds, info->dlpi_subs};
  return 1; /* the first object is enough */
}

void hh_locked_counters(uint64_t *adds, uint64_t *subs) {
  counters found = {0, 0};
  dl_iterate_phdr(read_counters, &found);
  *adds = found.adds;
  *subs = found.subs;
}

/* Nothing is unloaded under the loader's lock. */
static long copy_directly(void *out, const void *from, size_t bytes) {
  memcpy(out, from, bytes);
  return (long)bytes;
}

typedef struct tour {
  hh_snapshot *snapshot;
  int status;
} tour;

static int add_object(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  tour *is = data;
  const hh_described object = {.load_bias = info->dlpi_addr,
                               .name = info->dlpi_name,
                               .headers = info->dlpi_phdr,
                               .header_count = info->dlpi_phnum,
                               .is_program = hh_snapshot_is_program(info->dlpi_phdr)};
  is->snapshot->adds = info->dlpi_adds;
  is->snapshot->subs = info->dlpi_subs;
  is->status = hh_snapshot_add(is->snapshot, &object, copy_directly);
  return is->status;
}

int hh_locked_read(hh_snapshot *snapshot) {
  for (size_t bytes = HH_SNAPSHOT_BYTES; bytes <= HH_SNAPSHOT_BYTES_MAX; bytes *= 2) {
    tour is = {snapshot, hh_snapshot_begin(snapshot, bytes)};
    if (is.status)
      return is.status;
    dl_iterate_phdr(add_object, &is);
    if (!is.status)
      return 0;
    hh_snapshot_free(snapshot);
  }
  return -ENOMEM;
}
