/* The allocators in the process: what serves malloc (number 0), and others whose functions are hooked by patching, or
 * cannot be. Found at the beginning; what is loaded later is only named (allocators_later.c). */
#ifndef HH_ALLOCATORS_H
#define HH_ALLOCATORS_H
#include "losses.h"
#include "pb.h"

/* In the library's constructor, once the functions behind the hooks are known. */
void hh_allocators_find(void);

/* ---- for the sender */

const char *hh_allocators_module(void); /* path of the object that serves malloc; empty: not looked yet */
void hh_allocators_put_serving(hh_pb *pb, uint32_t name_field, uint32_t version_field);
bool hh_allocators_pending(void);
/* Writes those that the other side does not know; as the field behind, what the first one says of itself. */
void hh_allocators_put(hh_pb *pb, uint32_t field);
void hh_allocators_done(bool stored);
/* One that was found later and is not hooked. */
void hh_allocators_add_refused(const char *name, const char *prefix, const char *module, const char *reason);
/* Looks for new ones, and counts those that are not hooked; before the losses are written. */
void hh_allocators_count(hh_losses *losses);
/* In a forked child: the other side knows none. */
void hh_allocators_clear(void);
#endif
