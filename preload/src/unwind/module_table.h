/* The unwinder's side of modules.h: modules.c keeps what readers see of an object and what a walk needs of it in step.
 */
#ifndef HH_UNWIND_MODULE_TABLE_H
#define HH_UNWIND_MODULE_TABLE_H
#include "snapshot.h"

int hh_modules_init(void); /* 0 or -errno */
/* The image whose code holds address, or NULL. The caller holds the rules' lock. */
hh_image *hh_modules_image_at(uint64_t address);
/* Takes over a newer list: numbers what is new, marks what is gone, flushes the rules. Takes the rules' lock. A
 * provisional list is never current. */
void hh_modules_update(hh_snapshot *snapshot, int provisional);
/* True when the list that was read last had these counters. */
int hh_modules_are_current(uint64_t adds, uint64_t subs);
#endif
