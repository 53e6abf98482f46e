/* Unwind data that a program announces for code it has made itself: __register_frame of libgcc. */
#ifndef HH_UNWIND_REGISTERED_H
#define HH_UNWIND_REGISTERED_H
#include "image.h"

/* begin: records as in .eh_frame, ended by a length of zero, readable until they are taken back. Take the rules' lock.
 */
void hh_registered_add(const void *begin);
void hh_registered_remove(const void *begin);
/* The image that describes this address, or NULL. The caller holds the rules' lock. */
hh_image *hh_registered_image_at(uint64_t address);
#endif
