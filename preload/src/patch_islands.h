/* Memory near a function, for what its first instructions become, and the jumps there that are still to be written. */
#ifndef HH_PATCH_ISLANDS_H
#define HH_PATCH_ISLANDS_H
#include "common.h"

enum { HH_ISLAND_BYTES = 96, HH_JUMP_BYTES_MAX = 8 };

/* Writable, less than `reach` away; NULL: there is no room. */
uint8_t *hh_island_take(const uint8_t *function, uint64_t reach);
/* May more jumps be prepared, and is there none at `code`? */
bool hh_jump_is_free(const uint8_t *code);
/* To be written over `code` by hh_patch_commit. */
void hh_jump_prepare(uint8_t *code, const void *jump, size_t bytes);
#endif
