/* The list of loaded objects at one moment, copied out of the loader's records. */
#ifndef HH_UNWIND_SNAPSHOT_H
#define HH_UNWIND_SNAPSHOT_H
#include "image.h"
#include "modules.h"
#include <link.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hh_loaded {
  hh_module module; /* number, nodes and path not yet set */
  hh_image image;
  uint64_t name_hash; /* of the loader's name */
  uint32_t name;      /* offset in the snapshot's names */
  uint8_t is_program, is_vdso, is_known;
} hh_loaded;

typedef struct hh_snapshot {
  uint64_t adds, subs; /* the loader's counters, where they were asked for */
  hh_loaded *loaded;
  char *names;
  uint32_t count, room, names_used, names_room;
  uint8_t is_latest; /* no later one was taken over before it */
  size_t bytes;
} hh_snapshot;

/* Room for a list that may take up to `bytes`; 0 or -ENOMEM. Give it back with hh_snapshot_free. */
enum { HH_SNAPSHOT_BYTES = 128 * 1024, HH_SNAPSHOT_BYTES_MAX = 64 * 1024 * 1024 };
int hh_snapshot_begin(hh_snapshot *snapshot, size_t bytes);
void hh_snapshot_free(hh_snapshot *snapshot);

/* An object, as its program headers describe it. The headers may be a copy. */
typedef struct hh_described {
  uint64_t load_bias;
  const char *name; /* the loader's */
  const ElfW(Phdr) * headers;
  unsigned header_count;
  uint8_t is_program;
} hh_described;

/* Are these the headers that the kernel found in the executable? */
int hh_snapshot_is_program(const ElfW(Phdr) * headers);

/* Copies memory of this process; less than `bytes`, or -errno, where it cannot be read. */
typedef long hh_copy(void *out, const void *from, size_t bytes);
/* 0; -ENOSPC: it does not fit. Objects without code are left out. */
int hh_snapshot_add(hh_snapshot *snapshot, const hh_described *object, hh_copy *copy);
#endif
