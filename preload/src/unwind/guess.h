/* Frames that no unwind data describes: generated code, assembly, all of musl. */
#ifndef HH_UNWIND_GUESS_H
#define HH_UNWIND_GUESS_H
#include "readable.h"
#include "step.h"

/* Takes the frame register for a frame pointer. 0 = done; sp is 0 then if the stack could not be read. -1 = by the
 * state and the words it points to it cannot be one. */
int hh_guess(hh_readable *readable, hh_state *state);
/* Could this frame without a caller well be the outermost one of its thread? */
int hh_guess_is_outermost(const hh_state *state);
#endif
