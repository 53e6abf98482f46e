/* LD_PRELOAD library: every allocation's stack is taken by hh_walk and compared, frame by frame, with a walk without
 memory
 * and with libunwind. For tests only.
 *
 *   HH_VERIFY_DIR     where the reports go (verify_report.h)
 *   HH_VERIFY_CACHE   0: libunwind without its cache, which is wrong after dlclose and dlopen at one address; default 1
 *   HH_VERIFY_PLAIN, HH_VERIFY_LIBUNWIND   compare with the walk without memory, with libunwind, at every n-th capture
                     only; 0 = never; default 1
 *   HH_VERIFY_FREES   1: capture at free too */
#include "arena.h"
#include "unwind/registered.h"
#include "unwind/unwind.h"
#include "verify_libunwind.h"
#include "verify_report.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

typedef struct thread {
  hh_walker walker;
  int busy;
  uint32_t last_depth;
  uint64_t memo[HH_MAX_FRAMES], other[HH_MAX_FRAMES];
} thread;

static struct {
  void *(*malloc)(size_t);
  void *(*calloc)(size_t, size_t);
  void *(*realloc)(void *, size_t);
  void (*free)(void *);
  int (*posix_memalign)(void **, size_t, size_t);
  void *(*aligned_alloc)(size_t, size_t);
} real;

static hh_verify_report *report;
static unsigned plain_every = 1, libunwind_every = 1, frees;
static __thread thread *self;

static void add(uint64_t *counter, uint64_t value) {
  __atomic_fetch_add(counter, value, __ATOMIC_RELAXED);
}

static uint32_t frames_of(uint32_t id, uint64_t *out, uint32_t max) {
  uint32_t count = 0;
  for (; id && hh_stacks_node(id)->address && count < max; id = hh_stacks_node(id)->parent)
    out[count++] = hh_stacks_node(id)->address;
  return count;
}

static void keep(hh_verify_stack *stack, const uint64_t *address, uint32_t count) {
  stack->count = count;
  memcpy(stack->address, address,
         (count < HH_VERIFY_SAMPLE_FRAMES ? count : HH_VERIFY_SAMPLE_FRAMES) * sizeof *address);
}

static void sample(const char *against, const uint64_t *memo, uint32_t count, const uint64_t *other,
                   uint32_t other_count) {
  uint64_t index = __atomic_fetch_add(&report->sample_count, 1, __ATOMIC_RELAXED);
  if (index >= HH_VERIFY_SAMPLES)
    return;
  hh_verify_sample *into = &report->sample[index];
  strncpy(into->against, against, sizeof into->against - 1);
  keep(&into->memo, memo, count);
  keep(&into->other, other, other_count);
}

static void compare_plain(thread *t, uint32_t count, int cut, void *const *frame) {
  uint32_t plain = (uint32_t)hh_walk_plain(frame, t->other, HH_MAX_FRAMES);
  add(&report->with_plain, 1);
  /* A cut stack is a part of the whole one. */
  if ((plain == count || (cut && plain >= count)) && !memcmp(t->memo, t->other, count * sizeof *t->memo))
    return;
  add(&report->differ_from_plain, 1);
  sample("plain", t->memo, count, t->other, plain);
}

static void compare_libunwind(thread *t, uint32_t count, int cut, void *const *frame) {
  int complete = 0;
  int other = hh_libunwind_walk(frame, t->other, HH_MAX_FRAMES, &complete);
  if (other < 0)
    return;
  add(&report->with_libunwind, 1);
  uint32_t common = (uint32_t)other < count ? (uint32_t)other : count;
  int equal = !memcmp(t->memo, t->other, common * sizeof *t->memo);
  if (equal && ((uint32_t)other == count || (cut && (uint32_t)other > count)))
    return;
  if (equal && (uint32_t)other < count && !complete) {
    add(&report->libunwind_gave_up, 1);
    return;
  }
  add(&report->differ_from_libunwind, 1);
  sample("libunwind", t->memo, count, t->other, (uint32_t)other);
}

/* For programs that know how deep they are: frames of this thread's last capture; guesses count. */
EXPORT uint32_t hh_verify_last_depth(void);
uint32_t hh_verify_last_depth(void) {
  return self ? self->last_depth : 0;
}

/* Where a debugger stops to make its own stack (gdb_sample). */
EXPORT __attribute__((noinline)) void hh_verify_captured(const uint64_t *address, uint64_t count);
void hh_verify_captured(const uint64_t *address, uint64_t count) {
  __asm__ volatile("" : : "r"(address), "r"(count) : "memory");
}

static thread *start_thread(void) {
  thread *t = hh_pages(sizeof *t, "verify thread");
  if (!t || hh_walker_init(&t->walker))
    abort();
  return self = t;
}

static void take_losses(hh_walk_losses *losses) {
  add(&report->no_stack, __atomic_exchange_n(&losses->no_stack, 0, __ATOMIC_RELAXED));
  add(&report->truncated, __atomic_exchange_n(&losses->truncated, 0, __ATOMIC_RELAXED));
  add(&report->guessed, __atomic_exchange_n(&losses->guessed, 0, __ATOMIC_RELAXED));
}

static void capture(void *const *frame) {
  if (!report)
    return;
  int saved_errno = errno;
  thread *t = self ? self : start_thread();
  if (t->busy) {
    add(&report->busy, 1);
    return;
  }
  t->busy = 1;
  uint32_t id = hh_walk(&t->walker, frame);
  uint64_t number = __atomic_fetch_add(&report->captures, 1, __ATOMIC_RELAXED);
  take_losses(&t->walker.losses);
  if (id) {
    uint32_t count = frames_of(id, t->memo, HH_MAX_FRAMES);
    int cut = count > 0 && t->memo[count - 1] == HH_STACK_CUT;
    count -= (uint32_t)cut;
    add(&report->frames, count);
    t->last_depth = count;
    if (plain_every && number % plain_every == 0)
      compare_plain(t, count, cut, frame);
    if (libunwind_every && number % libunwind_every == 0)
      compare_libunwind(t, count, cut, frame);
  }
  if (id)
    hh_verify_captured(t->memo, t->last_depth);
  report->nodes = hh_stacks_count();
  t->busy = 0;
  errno = saved_errno;
}

#define CAPTURE()                                                                                                      \
  do {                                                                                                                 \
    hh_unwind_note_caller(__builtin_return_address(0));                                                                \
    capture(HH_FRAME());                                                                                               \
  } while (0)

/* dlsym may allocate before it has an answer. */
static char early[1 << 16];
static size_t early_used;
static int is_early(const void *block) {
  return (const char *)block >= early && (const char *)block < early + sizeof early;
}
static void *early_alloc(size_t bytes) {
  void *block = early + early_used;
  early_used += (bytes + 15) & ~(size_t)15;
  return early_used <= sizeof early ? block : NULL;
}

static void find_real(void) {
  static int looking;
  if (looking)
    return;
  looking = 1;
  void *(*found)(size_t) = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  real.calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
  real.realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
  real.free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
  real.posix_memalign = (int (*)(void **, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
  real.aligned_alloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
  real.malloc = found;
}

static unsigned number_of(const char *name, unsigned fallback) {
  const char *text = getenv(name);
  return text ? (unsigned)atoi(text) : fallback;
}

static void in_child(void) {
  hh_stacks_after_fork();
  hh_unwind_after_fork();
  libunwind_every = 0; /* its own locks may have been held */
  if (self)
    hh_walker_reset(&self->walker);
}

__attribute__((constructor)) static void start(void) {
  const char *directory = getenv("HH_VERIFY_DIR");
  if (!real.malloc)
    find_real();
  hh_unwind_note_main_stack(environ);
  if (!directory || hh_stacks_init() || hh_unwind_init())
    return;
  plain_every = number_of("HH_VERIFY_PLAIN", 1);
  libunwind_every = number_of("HH_VERIFY_LIBUNWIND", 1);
  frees = number_of("HH_VERIFY_FREES", 0);
  if (libunwind_every && hh_libunwind_load(number_of("HH_VERIFY_CACHE", 1) != 0))
    libunwind_every = 0;
  char path[512], program[64] = "?";
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length > 0) {
    path[length] = 0;
    const char *name = strrchr(path, '/') + 1;
    strncpy(program, name, sizeof program - 1);
  }
  snprintf(path, sizeof path, "%s/%s.%d.XXXXXX", directory, program, (int)getpid());
  int fd = mkstemp(path);
  if (fd < 0 || ftruncate(fd, sizeof *report))
    return;
  hh_verify_report *mapped = mmap(NULL, sizeof *mapped, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped == MAP_FAILED)
    return;
  memcpy(mapped->program, program, sizeof program);
  pthread_atfork(NULL, NULL, in_child);
  report = mapped;
}

EXPORT void *malloc(size_t bytes) {
  if (!real.malloc)
    find_real();
  if (!real.malloc)
    return early_alloc(bytes);
  CAPTURE();
  return real.malloc(bytes);
}

EXPORT void *calloc(size_t count, size_t bytes) {
  if (!real.malloc)
    find_real();
  if (!real.malloc)
    return early_alloc(count * bytes);
  CAPTURE();
  return real.calloc(count, bytes);
}

EXPORT void *realloc(void *block, size_t bytes) {
  if (!real.malloc)
    find_real();
  if (is_early(block) || !real.malloc) {
    void *moved = malloc(bytes);
    if (moved && block)
      memcpy(moved, block, bytes); /* may copy what lies behind it in `early`: harmless */
    return moved;
  }
  CAPTURE();
  return real.realloc(block, bytes);
}

EXPORT void free(void *block) {
  if (!block || is_early(block))
    return;
  if (!real.malloc)
    find_real();
  hh_unwind_note_caller(__builtin_return_address(0));
  if (frees)
    capture(HH_FRAME());
  real.free(block);
}

static void pass_on(const char *name, void *begin) {
  void (*next)(void *) = (void (*)(void *))dlsym(RTLD_NEXT, name);
  if (next)
    next(begin);
}

EXPORT void __register_frame(void *begin);
void __register_frame(void *begin) {
  pass_on("__register_frame", begin);
  hh_registered_add(begin);
}

EXPORT void __deregister_frame(void *begin);
void __deregister_frame(void *begin) {
  hh_registered_remove(begin);
  pass_on("__deregister_frame", begin);
}

EXPORT int posix_memalign(void **block, size_t alignment, size_t bytes) {
  if (!real.malloc)
    find_real();
  CAPTURE();
  return real.posix_memalign(block, alignment, bytes);
}

EXPORT void *aligned_alloc(size_t alignment, size_t bytes) {
  if (!real.malloc)
    find_real();
  CAPTURE();
  return real.aligned_alloc(alignment, bytes);
}
