#include "readable.h"
#include "../sys/sys.h"
#include <sys/auxv.h>

enum { PAGE = 4096, GAP_PAGES = 64, MAIN_GAP_PAGES = 1024 };

static uint64_t page_of(uint64_t address) {
  return address & ~(uint64_t)(PAGE - 1);
}
static int probe(uint64_t page) {
  return hh_sys_readable((const void *)(uintptr_t)page, 8);
}

static int contains(const hh_readable_range *range, uint64_t address) {
  return address - range->start < range->end - range->start;
}

/* Grows a range upwards until it holds the page; every page on the way is probed. */
static int grow_up(hh_readable_range *range, uint64_t page, uint64_t max_pages) {
  if (page < range->end || page - range->end > max_pages * PAGE)
    return 0;
  while (range->end <= page) {
    if (!probe(range->end))
      return 0;
    range->end += PAGE;
  }
  return 1;
}

static int grow_down(hh_readable_range *range, uint64_t page) {
  if (page >= range->start || range->start - page > GAP_PAGES * PAGE)
    return 0;
  while (range->start > page) {
    if (!probe(range->start - PAGE))
      return 0;
    range->start -= PAGE;
  }
  return 1;
}

/* Ranges that now touch the current one become part of it. */
static void merge(hh_readable *readable) {
  hh_readable_range *now = &readable->range[readable->current];
  for (uint32_t i = 0; i < HH_READABLE_RANGES; i++) {
    hh_readable_range *other = &readable->range[i];
    if (i == readable->current || other->start == other->end)
      continue;
    if (other->start > now->end || now->start > other->end)
      continue;
    if (other->start < now->start)
      now->start = other->start;
    if (other->end > now->end)
      now->end = other->end;
    *other = (hh_readable_range){0, 0};
  }
}

static int find(hh_readable *readable, uint64_t address) {
  for (uint32_t i = 0; i < HH_READABLE_RANGES; i++) {
    if (!contains(&readable->range[i], address))
      continue;
    readable->current = i;
    return 1;
  }
  return 0;
}

static int grow_any(hh_readable *readable, uint64_t page) {
  for (uint32_t i = 0; i < HH_READABLE_RANGES; i++) {
    hh_readable_range *range = &readable->range[i];
    if (range->start == range->end)
      continue;
    if (!grow_up(range, page, GAP_PAGES) && !grow_down(range, page))
      continue;
    readable->current = i;
    merge(readable);
    return 1;
  }
  return 0;
}

static void replace_oldest(hh_readable *readable, uint64_t page) {
  for (uint32_t i = 0; i < HH_READABLE_RANGES; i++) {
    if (readable->range[i].start == readable->range[i].end)
      readable->victim = i;
  }
  readable->current = readable->victim;
  readable->victim = (readable->victim + 1) % HH_READABLE_RANGES;
  readable->range[readable->current] = (hh_readable_range){page, page + PAGE};
  merge(readable);
}

void hh_readable_enter_slow(hh_readable *readable, uint64_t address) {
  uint64_t page = page_of(address);
  if (find(readable, address) || grow_any(readable, page))
    return;
  replace_oldest(readable, page);
}

static int check_doubtful(hh_readable *readable, uint64_t page) {
  hh_readable_range *range = &readable->doubtful;
  if (!probe(page))
    return 0;
  if (page == range->end)
    range->end += PAGE;
  else
    *range = (hh_readable_range){page, page + PAGE};
  return 1;
}

int hh_readable_check(hh_readable *readable, uint64_t address) {
  uint64_t page = page_of(address);
  if (address & (HH_WORD - 1))
    return 0;
  if (contains(hh_readable_now(readable), address))
    return 1;
  if (readable->doubt)
    return check_doubtful(readable, page);
  if (find(readable, address) || grow_any(readable, page))
    return 1;
  if (!probe(page))
    return 0;
  replace_oldest(readable, page);
  return 1;
}

/* The kernel puts the bytes that AT_RANDOM points to above the first frame of the main stack. */
static int is_main_stack(hh_readable_range *range) {
  uint64_t top = getauxval(AT_RANDOM);
  return contains(range, top) || grow_up(range, page_of(top), MAIN_GAP_PAGES);
}

void hh_readable_doubt(hh_readable *readable) {
  if (readable->doubt || is_main_stack(&readable->range[readable->current]))
    return;
  readable->doubt = 1;
  readable->doubtful = (hh_readable_range){0, 0};
}
