#include "allocator_list.h"

#include <string.h>

#include "allocator_stats.h"
#include "allocators.h"
#include "allocators_later.h"

enum { MOST = 16 };

static hh_allocator all[MOST];
static uint32_t count, known; /* found; of which the other side knows */
static uint32_t counted;      /* whose losses are counted */

hh_allocator *hh_allocator_list_add(const char *name, const char *prefix, const char *module) {
  if (count == MOST)
    return NULL;
  hh_allocator *is = &all[count];
  *is = (hh_allocator){.name = name, .prefix = prefix, .reason = ""};
  size_t length = strnlen(module, sizeof is->module - 1);
  memcpy(is->module, module, length);
  count++;
  return is;
}

const hh_allocator *hh_allocator_list_settle(void) {
  for (uint32_t i = 1; i < count; i++)
    if (strcmp(all[i].module, all[0].module) == 0) {
      enum hh_allocator_hooking hooking = all[i].functions ? HH_ALLOCATOR_PATCHED : HH_ALLOCATOR_INTERPOSED;
      all[0] = all[i];
      all[0].hooking = all[i].hooking == HH_ALLOCATOR_REFUSED ? HH_ALLOCATOR_REFUSED : hooking;
      all[i] = all[--count];
      break;
    }
  for (uint32_t i = 0; i < count; i++)
    hh_allocator_ask_version(&all[i]);
  return &all[0];
}

/* ---- for the sender */

const char *hh_allocators_module(void) {
  return count ? all[0].module : "";
}

bool hh_allocators_pending(void) {
  return known < count;
}

void hh_allocators_put_serving(hh_pb *pb, uint32_t name_field, uint32_t version_field) {
  if (!count)
    return;
  hh_pb_text(pb, name_field, all[0].name);
  hh_pb_text(pb, version_field, all[0].version);
}

void hh_allocators_put(hh_pb *pb, uint32_t field) {
  for (uint32_t i = known; i < count; i++) {
    uint8_t *body = hh_pb_begin(pb, field);
    hh_pb_uint(pb, 1, i);
    hh_pb_text(pb, 2, all[i].name);
    hh_pb_text(pb, 3, all[i].module);
    hh_pb_text(pb, 4, all[i].version);
    hh_pb_text(pb, 5, all[i].prefix);
    hh_pb_uint(pb, 6, all[i].hooking);
    hh_pb_text(pb, 7, all[i].reason);
    hh_pb_end(pb, body);
  }
  hh_allocator_stats_put(pb, field + 1);
}

void hh_allocators_done(bool stored) {
  if (stored)
    known = count;
}

void hh_allocators_add_refused(const char *name, const char *prefix, const char *module, const char *reason) {
  for (uint32_t i = 0; i < count; i++)
    if (strcmp(all[i].module, module) == 0 && strcmp(all[i].prefix, prefix) == 0)
      return; /* loaded again */
  hh_allocator *is = hh_allocator_list_add(name, prefix, module);
  if (!is)
    return;
  is->hooking = HH_ALLOCATOR_REFUSED;
  is->reason = reason;
}

void hh_allocators_count(hh_losses *losses) {
  hh_allocators_look_again();
  for (; counted < count; counted++)
    hh_losses_add(losses, HH_LOSS_UNHOOKED_ALLOCATOR, all[counted].hooking == HH_ALLOCATOR_REFUSED, 0);
}

void hh_allocators_clear(void) {
  known = counted = 0;
  hh_allocator_stats_clear();
}
