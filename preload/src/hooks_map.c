/* The calls that change the address space, and mallopt. Seen is what comes through the symbol: the program, its
 * libraries, allocators other than libc's. Calls inside libc (its arenas, thread stacks) and inside the loader do not;
 * what they map shows in the samples of the kernel's list (map_sample.h) without a stack.
 *
 * A release is stamped before the real call and an acquisition after it, as in hooks.c: at any moment a range has one
 * owner. Only what succeeded is recorded. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>

#include "calls.h"
#include "clock.h"
#include "hooks_map.h"
#include "libc.h"
#include "sys/syscall.h"
#include "unwind/frame.h"

#define HOOKED HH_EXPORT __attribute__((noinline))

enum { OUT_OF_RANGE = 4096 }; /* the kernel's errors are -1 .. -4095 */

int brk(void *end);
void *sbrk(intptr_t change);
int mallopt(int parameter, int value);

static struct {
  void *(*mmap)(void *address, size_t size, int protection, int flags, int fd, off64_t offset);
  int (*munmap)(void *address, size_t size);
  void *(*mremap)(void *address, size_t old_size, size_t size, int flags, ...);
  int (*brk)(void *end);
  void *(*sbrk)(intptr_t change);
  int (*mallopt)(int parameter, int value);
} real;

static void look_up(const char *name, void *function) {
  void *found = hh_libc_next(name);
  memcpy(function, &found, sizeof found);
}

void hh_hooks_map_resolve(void) {
  look_up(sizeof(off_t) == sizeof(off64_t) ? "mmap" : "mmap64", &real.mmap);
  look_up("munmap", &real.munmap);
  look_up("mremap", &real.mremap);
  look_up("brk", &real.brk);
  look_up("sbrk", &real.sbrk);
  look_up("mallopt", &real.mallopt);
}

/* Before the look-up the calls go to the kernel itself. */
static long kernel_result(long result) {
  if (result >= 0 || result <= -OUT_OF_RANGE)
    return result;
  errno = (int)-result;
  return -1;
}

static void *real_mmap(void *address, size_t size, int protection, int flags, int fd, off64_t offset) {
  if (HH_LIKELY(real.mmap != NULL))
    return real.mmap(address, size, protection, flags, fd, offset);
  return (void *)kernel_result(
      hh_syscall6(SYS_mmap, (long)address, (long)size, protection, flags, fd, (long)(offset / HH_MMAP_OFFSET_UNIT)));
}

static void *map(void *const *frame, void *address, size_t size, int protection, int flags, int fd, off64_t offset) {
  void *result = real_mmap(address, size, protection, flags, fd, offset);
  hh_call_guard guard = result == MAP_FAILED ? (hh_call_guard){NULL, 0} : hh_call_enter(frame);
  if (guard.thread)
    hh_call_leave(guard, frame,
                  &(hh_call){.kind = HH_CALL_MMAP,
                             .time = hh_ring_ticks(),
                             .address = (uintptr_t)result,
                             .size = size,
                             .protection = (uint32_t)protection,
                             .flags = (uint32_t)flags,
                             .offset = (uint64_t)offset});
  return result;
}

/* Where long has 32 bits, C libraries do not agree on how many an offset has here: calls by this name show without a
 * stack there. */
#if __SIZEOF_LONG__ == 8
HOOKED void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset) {
  return map(HH_FRAME(), address, size, protection, flags, fd, offset);
}
#endif

HOOKED void *mmap64(void *address, size_t size, int protection, int flags, int fd, off64_t offset) {
  return map(HH_FRAME(), address, size, protection, flags, fd, offset);
}

HOOKED int munmap(void *address, size_t size) {
  void *const *frame = HH_FRAME();
  uint64_t before = hh_ring_ticks();
  int result = real.munmap ? real.munmap(address, size)
                           : (int)kernel_result(hh_syscall3(SYS_munmap, (long)address, (long)size, 0));
  hh_call_guard guard = result ? (hh_call_guard){NULL, 0} : hh_call_enter(frame);
  if (guard.thread)
    hh_call_leave(guard, frame,
                  &(hh_call){.kind = HH_CALL_MUNMAP, .time = before, .address = (uintptr_t)address, .size = size});
  return result;
}

HOOKED void *mremap(void *address, size_t old_size, size_t size, int flags, ...) {
  void *const *frame = HH_FRAME();
  va_list arguments;
  va_start(arguments, flags);
  void *place = flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) ? va_arg(arguments, void *) : NULL;
  va_end(arguments);
  uint64_t before = hh_ring_ticks();
  void *result = real.mremap ? real.mremap(address, old_size, size, flags, place)
                             : (void *)kernel_result(hh_syscall6(SYS_mremap, (long)address, (long)old_size, (long)size,
                                                                 flags, (long)place, 0));
  hh_call_guard guard = result == MAP_FAILED ? (hh_call_guard){NULL, 0} : hh_call_enter(frame);
  if (guard.thread)
    hh_call_leave(guard, frame,
                  &(hh_call){.kind = HH_CALL_MREMAP,
                             .time = before,
                             .address = (uintptr_t)result,
                             .size = size,
                             .old_address = (uintptr_t)address,
                             .old_size = old_size,
                             .flags = (uint32_t)flags});
  return result;
}

/* ---- the end of the heap */

static uintptr_t heap_end(void) {
  return (uintptr_t)hh_syscall3(SYS_brk, 0, 0, 0);
}

static void moved_end(void *const *frame, uintptr_t old_end) {
  uintptr_t end = heap_end();
  hh_call_guard guard = end == old_end ? (hh_call_guard){NULL, 0} : hh_call_enter(frame);
  if (guard.thread)
    hh_call_leave(guard, frame,
                  &(hh_call){.kind = HH_CALL_BRK, .time = hh_ring_ticks(), .address = end, .old_address = old_end});
}

HOOKED int brk(void *end) {
  void *const *frame = HH_FRAME();
  uintptr_t old_end = heap_end();
  if (!real.brk)
    hh_hooks_map_resolve();
  int result = real.brk(end);
  if (result == 0)
    moved_end(frame, old_end);
  return result;
}

HOOKED void *sbrk(intptr_t change) {
  void *const *frame = HH_FRAME();
  uintptr_t old_end = heap_end();
  if (!real.sbrk)
    hh_hooks_map_resolve();
  void *result = real.sbrk(change);
  if (result != (void *)-1)
    moved_end(frame, old_end);
  return result;
}

/* ---- settings of the allocator; musl has none */

HOOKED int mallopt(int parameter, int value) {
  void *const *frame = HH_FRAME();
  if (!real.mallopt)
    hh_hooks_map_resolve();
  int result = real.mallopt ? real.mallopt(parameter, value) : 0;
  hh_call_guard guard = hh_call_enter(frame);
  if (guard.thread)
    hh_call_leave(guard, frame,
                  &(hh_call){.kind = HH_CALL_MALLOPT,
                             .time = hh_ring_ticks(),
                             .parameter = parameter,
                             .value = value,
                             .result = result});
  return result;
}
