/* Where a walk starts: the caller of the function that uses HH_FRAME(), which must not be inlined.
 *
 * amd64: the frame address itself. The compiler keeps a frame pointer in such a function, so that the two words there
 * are the caller's frame register and the return address, and the caller's stack pointer is right behind them.
 *
 * Elsewhere frames have no such form: three words {frame register, return address, stack pointer} in the function's own
 * frame. The library is compiled without a frame pointer and with the frame register fixed (arch/NAME.mk), so it holds
 * the caller's value all through a hook. */
#ifndef HH_UNWIND_FRAME_H
#define HH_UNWIND_FRAME_H
#include "arch.h"

#if defined(__x86_64__)
#define HH_FRAME() ((void *const *)__builtin_frame_address(0))
#else
#define HH_FRAME()                                                                                                     \
  ((void *const *)(void *const[3]){hh_frame_register(), __builtin_return_address(0),                                   \
                                   (char *)__builtin_dwarf_cfa() - HH_CFA_BIAS})
#endif

static inline uint64_t hh_caller_frame_register(void *const *frame) {
  return (uint64_t)(uintptr_t)frame[0];
}
static inline uint64_t hh_caller_pc(void *const *frame) {
  return (uint64_t)(uintptr_t)frame[1];
}
static inline uint64_t hh_caller_stack(void *const *frame) {
  return (uint64_t)(uintptr_t)(HH_LINK_REGISTER ? frame[2] : (void *)(frame + 2));
}
#endif
