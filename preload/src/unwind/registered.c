#include "registered.h"
#include "../arena.h"
#include "../sys/sys.h"
#include "eh_frame.h"
#include "rules.h"
#include <stddef.h>

enum { MOST = 1 << 14, BYTES_MAX = 64 << 20 };

typedef struct registered {
  hh_image image;
  uint64_t low, high; /* the code that it describes lies between; low = high: the slot is free */
  int used;           /* a rule may have come from it */
} registered;

/* All under the rules' lock. */
static registered *all;
static uint32_t count; /* slots ever used */

/* Bytes up to the end mark, 0 if there is none that can be read. */
static uint64_t measure(const uint8_t *begin) {
  for (uint64_t bytes = 0; bytes < BYTES_MAX;) {
    uint32_t length;
    if (!hh_sys_readable(begin + bytes, sizeof length))
      return 0;
    memcpy(&length, begin + bytes, sizeof length);
    if (length == 0)
      return bytes + sizeof length;
    if (length == 0xffffffffu || !hh_sys_readable(begin + bytes, sizeof length + length))
      return 0; /* 4 GiB and more */
    bytes += sizeof length + length;
  }
  return 0;
}

static void find_range(registered *one) {
  hh_reader r = hh_image_reader(&one->image, one->image.eh_frame);
  one->low = UINT64_MAX;
  one->high = 0;
  while (hh_read_left(&r) >= 4) {
    const uint8_t *at = r.at;
    const uint32_t length = hh_read_u32(&r);
    hh_fde fde;
    hh_read_skip(&r, length);
    if (!length || hh_fde_parse(&one->image, at, &fde))
      continue;
    one->low = fde.start < one->low ? fde.start : one->low;
    one->high = fde.start + fde.size > one->high ? fde.start + fde.size : one->high;
  }
}

static registered *free_slot(void) {
  if (!all)
    all = hh_pages_reserve(MOST * sizeof *all, "registered frames");
  for (uint32_t i = 0; all && i < count; i++) {
    if (all[i].low == all[i].high)
      return &all[i];
  }
  return all && count < MOST ? &all[count++] : NULL;
}

void hh_registered_add(const void *begin) {
  const uint64_t bytes = measure(begin), start = (uint64_t)(uintptr_t)begin;
  registered one = {.image = {.eh_frame = start, .segment_count = 1}};
  one.image.segment[0].start = start;
  one.image.segment[0].end = start + bytes;
  find_range(&one);
  if (!bytes || one.low >= one.high)
    return;
  hh_lock_take(&hh_rules_lock);
  registered *slot = free_slot();
  if (slot)
    *slot = one;
  hh_rules_forget_unknown(one.low, one.high);
  hh_lock_release(&hh_rules_lock);
}

void hh_registered_remove(const void *begin) {
  hh_lock_take(&hh_rules_lock);
  for (uint32_t i = 0; i < count; i++) {
    registered *one = &all[i];
    if (one->low == one->high || one->image.eh_frame != (uint64_t)(uintptr_t)begin)
      continue;
    one->low = one->high = 0;
    hh_fde_index_free(&one->image);
    if (one->used)
      hh_rules_flush();
  }
  hh_lock_release(&hh_rules_lock);
}

/* Asked once for each address of code outside of all objects, so the list is just gone through. */
hh_image *hh_registered_image_at(uint64_t address) {
  hh_fde fde;
  for (uint32_t i = 0; i < count; i++) {
    registered *one = &all[i];
    if (address < one->low || address >= one->high || hh_fde_find(&one->image, address, &fde))
      continue;
    one->used = 1;
    return &one->image;
  }
  return NULL;
}
