/* The second opinion where libunwind's is not asked: the unwinder that the C++ runtime throws exceptions with. */
#include "unwind/arch.h"
#if defined(__GLIBC__) && !defined(__x86_64__)
#include "unwind/frame.h"
#include "unwind/signal.h"
#include "verify_libunwind.h"
#include <dlfcn.h>
#include <string.h>
#include <unwind.h>

static _Unwind_Reason_Code (*backtrace_frames)(_Unwind_Trace_Fn, void *);
#if defined(__arm__)
static _Unwind_VRS_Result (*get_register)(_Unwind_Context *, _Unwind_VRS_RegClass, _uw, _Unwind_VRS_DataRepresentation,
                                          void *);
#else
static _Unwind_Ptr (*get_ip)(struct _Unwind_Context *, int *);
static _Unwind_Word (*get_cfa)(struct _Unwind_Context *);
#endif

typedef struct walk {
  uint64_t stack; /* of the frame that the walk is to start at */
  uint64_t *out;
  int count, max;
} walk;

#if defined(__arm__)
static int find_accessors(void *library) {
  void *found = dlsym(library, "_Unwind_VRS_Get");
  memcpy(&get_register, &found, sizeof found);
  return found ? 0 : -1;
}
static uint32_t register_of(struct _Unwind_Context *context, unsigned number) {
  uint32_t value = 0;
  get_register(context, _UVRSC_CORE, number, _UVRSD_UINT32, &value);
  return value;
}
/* Its tables know calls only: which frame was interrupted is told by the one inside it. */
static uint64_t pc_of(struct _Unwind_Context *context, int *exact) {
  static __thread uint64_t inner;
  *exact = inner && hh_signal_is_trampoline(NULL, inner);
  return inner = hh_pc(register_of(context, HH_REG_PC));
}
static uint64_t stack_of(struct _Unwind_Context *context) {
  return register_of(context, HH_REG_STACK);
}
#else
static int find_accessors(void *library) {
  get_ip = (_Unwind_Ptr(*)(struct _Unwind_Context *, int *))dlsym(library, "_Unwind_GetIPInfo");
  get_cfa = (_Unwind_Word(*)(struct _Unwind_Context *))dlsym(library, "_Unwind_GetCFA");
  return get_ip && get_cfa ? 0 : -1;
}
static uint64_t pc_of(struct _Unwind_Context *context, int *exact) {
#if defined(__mips__) /* it calls an interrupted frame's pc a return address, two bytes on */
  static __thread uint64_t inner;
  const int interrupted = inner && hh_signal_is_trampoline(NULL, inner);
  inner = get_ip(context, exact);
  *exact |= interrupted;
  return inner - (interrupted ? 2 : 0);
#else
  return get_ip(context, exact);
#endif
}
/* "The CFA" of a context is that of the frame inside it: its own stack pointer, but for the bias. */
static uint64_t stack_of(struct _Unwind_Context *context) {
  return get_cfa(context) - HH_CFA_BIAS;
}
#endif

int hh_libunwind_load(int use_cache) {
  (void)use_cache;
  void *library = dlopen("libgcc_s.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return -1;
  backtrace_frames = (_Unwind_Reason_Code(*)(_Unwind_Trace_Fn, void *))dlsym(library, "_Unwind_Backtrace");
  return backtrace_frames ? find_accessors(library) : -1;
}

static _Unwind_Reason_Code add(struct _Unwind_Context *context, void *data) {
  walk *to = data;
  int exact = 0;
  uint64_t pc = pc_of(context, &exact);
  if (!to->count && stack_of(context) != to->stack)
    return _URC_NO_REASON;
  if (!pc || to->count == to->max)
    return _URC_END_OF_STACK;
  to->out[to->count++] = pc - 1 + (uint64_t)(exact != 0);
  return _URC_NO_REASON;
}

int hh_libunwind_walk(void *const *frame, uint64_t *out, int max, int *complete) {
  walk to = {hh_caller_stack(frame), out, 0, max};
  *complete = backtrace_frames(add, &to) == _URC_END_OF_STACK;
  return to.count ? to.count : -1;
}
#endif
