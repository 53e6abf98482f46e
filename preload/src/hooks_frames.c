/* __register_frame and __deregister_frame: how programs that make code (LLVM's JITs, libjit) tell libgcc's unwinder of
 * it. They are passed on; the unwinder here learns the same. */
#include <dlfcn.h>
#include <string.h>

#include "common.h"
#include "libc.h"
#include "process.h"
#include "unwind/registered.h"

#pragma weak dlopen

void __register_frame(void *begin);
void __deregister_frame(void *begin);

typedef void (*announce)(void *begin);

/* The library that has them may have been loaded for one object alone. */
static announce next(const char *name) {
  static const char *const libraries[] = {"libgcc_s.so.1", "libunwind.so.1"};
  void *found = hh_libc_next(name);
  for (unsigned i = 0; !found && dlopen && hh_libc.dlsym && i < sizeof libraries / sizeof *libraries; i++) {
    void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);
    found = library ? hh_libc.dlsym(library, name) : NULL;
  }
  announce function;
  memcpy(&function, &found, sizeof found);
  return function;
}

HH_EXPORT void __register_frame(void *begin) {
  announce real = next("__register_frame");
  if (real)
    real(begin);
  if (begin && hh_gate.recording != HH_RECORD_NOT_BEGUN)
    hh_registered_add(begin);
}

HH_EXPORT void __deregister_frame(void *begin) {
  announce real = next("__deregister_frame");
  if (begin)
    hh_registered_remove(begin);
  if (real)
    real(begin);
}
