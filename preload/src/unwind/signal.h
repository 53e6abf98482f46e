/* Frames of signals on architectures with a link register: they need all registers, so the full walker passes them.
 * Their trampoline is known by its instructions, because kernels, libcs and emulators describe it in ways that do not
 * agree. */
#ifndef HH_UNWIND_SIGNAL_H
#define HH_UNWIND_SIGNAL_H
#include "image.h"
#include "readable.h"

/* Does the instruction at the return address `address` begin the code that ends a handler? image may be NULL. */
int hh_signal_is_trampoline(const hh_image *image, uint64_t address);
/* From the handler's caller to what the signal interrupted: all of reg[HH_REGISTERS]. 0 or -1. */
int hh_signal_restore(hh_readable *readable, uint64_t *reg);
#endif
