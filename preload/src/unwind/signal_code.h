/* Two instructions that may be anywhere: in an object, in a page of the kernel's, on the stack. */
#ifndef HH_UNWIND_SIGNAL_CODE_H
#define HH_UNWIND_SIGNAL_CODE_H
#include "../sys/sys.h"
#include "signal.h"
#include <string.h>

static inline int hh_code_equals(const hh_image *image, uint64_t address, const void *code, size_t bytes) {
  if (image) {
    hh_reader r = hh_image_reader(image, address);
    return !r.bad && hh_read_left(&r) >= bytes && !memcmp(r.at, code, bytes);
  }
  const void *at = (const void *)(uintptr_t)address;
  return hh_sys_readable(at, bytes) && !memcmp(at, code, bytes);
}
#endif
