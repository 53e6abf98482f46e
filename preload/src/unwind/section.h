/* Objects linked without --eh-frame-hdr (musl-gcc leaves it out) have .eh_frame, but no program header that says where.
 * The section headers do; they are only in the file. */
#ifndef HH_UNWIND_SECTION_H
#define HH_UNWIND_SECTION_H
#include "snapshot.h"

/* Sets loaded->image.eh_frame when the file has the section and it lies in a segment that is mapped. */
void hh_section_find_eh_frame(int fd, hh_loaded *loaded);
#endif
