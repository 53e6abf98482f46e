/* Asks the dynamic loader which objects are mapped. Its lock is taken by dl_iterate_phdr, so none of ours may be held
 * by the caller: an application's callback may allocate while the loader's lock is its own. */
#ifndef HH_UNWIND_LOADER_H
#define HH_UNWIND_LOADER_H
#include "arch.h"
#include "image.h"
#include "loader_watch.h"
#include "modules.h"
#include <stdint.h>

/* One object, copied out of the loader's records while they cannot change. */
typedef struct hh_loaded {
  hh_module module; /* number, nodes and path not yet set */
  hh_image image;
  uint64_t name_hash; /* of the loader's name */
  uint32_t name;      /* offset in the snapshot's names */
  uint8_t is_program, is_vdso, is_known;
} hh_loaded;

typedef struct hh_snapshot {
  uint64_t adds, subs; /* the loader's counters */
  hh_loaded *loaded;
  char *names;
  uint32_t count, room, names_used, names_room;
  uint8_t overflow;
  size_t bytes;
} hh_snapshot;

/* Reads the counters only. */
void hh_loader_counters(uint64_t *adds, uint64_t *subs);
/* 0 or -ENOMEM; give it back with hh_snapshot_free. */
int hh_snapshot_take(hh_snapshot *snapshot);
void hh_snapshot_free(hh_snapshot *snapshot);

/* Compares the loader's counters with those seen last and reads the list again if they moved. in_loader: the caller may
 * be inside the loader, which may not be done with its list; what is read then will be read again. */
void hh_loader_refresh(int in_loader);
/* In a forked child. */
void hh_loader_after_fork(void);
#endif
