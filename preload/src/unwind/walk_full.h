/* The slow walk: from this library's own frames outwards with all registers, by interpreting the call frame
 * information. For the few frames whose rules need more than sp and the frame register. */
#ifndef HH_UNWIND_WALK_FULL_H
#define HH_UNWIND_WALK_FULL_H
#include "readable.h"
#include "rules.h"

/* Gets the frames of the walk from the caller of `frame` on, innermost first; non-zero ends the walk. */
typedef int (*hh_frame_sink)(void *context, uint64_t address);

enum hh_full_end { HH_FULL_END, HH_FULL_LOST, HH_FULL_STOPPED };

/* *guessed is set when a frame without unwind data was passed by its frame pointer. */
enum hh_full_end hh_walk_full(hh_readable *readable, void *const *frame, enum hh_asking asking, hh_frame_sink sink,
                              void *context, int *guessed);
#endif
