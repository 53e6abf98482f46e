#include "verify_libunwind.h"
#if defined(__x86_64__) && (defined(__GLIBC__) || defined(HH_HAVE_LIBUNWIND))
#include <dlfcn.h>
#define UNW_LOCAL_ONLY
#include <libunwind.h>

enum { OWN_FRAMES_MAX = 32 };

static int (*get_context)(unw_context_t *);
static int (*init_local)(unw_cursor_t *, unw_context_t *);
static int (*step)(unw_cursor_t *);
static int (*get_reg)(unw_cursor_t *, int, unw_word_t *);
static int (*is_signal_frame)(unw_cursor_t *);

int hh_libunwind_load(int use_cache) {
  void *library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return -1;
  get_context = (int (*)(unw_context_t *))dlsym(library, "_Ux86_64_getcontext");
  init_local = (int (*)(unw_cursor_t *, unw_context_t *))dlsym(library, "_ULx86_64_init_local");
  step = (int (*)(unw_cursor_t *))dlsym(library, "_ULx86_64_step");
  get_reg = (int (*)(unw_cursor_t *, int, unw_word_t *))dlsym(library, "_ULx86_64_get_reg");
  is_signal_frame = (int (*)(unw_cursor_t *))dlsym(library, "_ULx86_64_is_signal_frame");
  int (*set_policy)(unw_addr_space_t, unw_caching_policy_t) =
      (int (*)(unw_addr_space_t, unw_caching_policy_t))dlsym(library, "_ULx86_64_set_caching_policy");
  unw_addr_space_t *local = (unw_addr_space_t *)dlsym(library, "_ULx86_64_local_addr_space");
  if (!get_context || !init_local || !step || !get_reg || !is_signal_frame || !set_policy || !local)
    return -1;
  set_policy(*local, use_cache ? UNW_CACHE_GLOBAL : UNW_CACHE_NONE);
  return 0;
}

int hh_libunwind_walk(void *const *frame, uint64_t *out, int max, int *complete) {
  unw_context_t context;
  unw_cursor_t cursor;
  unw_word_t sp = 0, pc = 0;
  int count = 0, more = 1;
  *complete = 0;
  if (get_context(&context) || init_local(&cursor, &context))
    return -1;
  for (int own = 0; own < OWN_FRAMES_MAX && sp != (unw_word_t)(uintptr_t)(frame + 2); own++) {
    if (step(&cursor) <= 0)
      return -1;
    get_reg(&cursor, UNW_REG_SP, &sp);
  }
  if (sp != (unw_word_t)(uintptr_t)(frame + 2))
    return -1;
  while (more > 0 && count < max) {
    get_reg(&cursor, UNW_REG_IP, &pc);
    if (!pc) {
      more = 0;
      break;
    }
    /* True for the frame that a signal interrupted: its pc is no return address. */
    out[count++] = pc - 1 + (uint64_t)(is_signal_frame(&cursor) > 0);
    more = step(&cursor);
  }
  *complete = more == 0;
  return count;
}
#elif !defined(__GLIBC__)
int hh_libunwind_load(int use_cache) {
  return use_cache < 0 ? 0 : -1;
}
int hh_libunwind_walk(void *const *frame, uint64_t *out, int max, int *complete) {
  return frame && out && complete && max < 0 ? 0 : -1;
}
#endif
