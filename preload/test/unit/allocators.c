/* allocators LIBRARY DIRECTORY: programs with allocators other than libc's, against what they count themselves (and
 * jemalloc for them). What is not installed is skipped by name. */
#include "check.h"
#include "run_program.h"

static const char *library, *directory;
static char to[] = "/tmp/heaphound-allocators-XXXXXX";

enum { PATCHED = 3 };

static const char *path_of(const char *name) {
  static char path[600];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  return path;
}

static bool is_there(const char *what, const char *path) {
  if (access(path, F_OK) == 0)
    return true;
  printf("  skipped: %s: there is no %s\n", what, path);
  return false;
}

static uint64_t losses(const recording *r) {
  uint64_t sum = 0;
  for (int kind = 1; kind < REC_LOSSES; kind++)
    sum += r->losses[kind];
  return sum;
}

typedef struct expected {
  unsigned long allocations, frees, bytes;
} expected;

/* Of the sizes that the program names, the rest is its libraries'. `extra`: allocations that these make. */
static run *check_program(const char *name, const char *program, const char *argument, const char *allocator,
                          uint32_t hooking) {
  char preload[1200];
  snprintf(preload, sizeof preload, "%s%s%s", library, allocator[0] == '/' ? ":" : "",
           allocator[0] == '/' ? allocator : "");
  char *arguments[] = {(char *)program, (char *)argument, NULL}, *options[] = {NULL};
  run *r = run_program(arguments, preload, to, options);
  CHECK(name, exit_code(r) == 0 && r->recorded && r->recorded->problems == 0);
  if (!r->recorded)
    return NULL;
  bool found = false;
  for (uint32_t i = 0; i < r->recorded->allocator_count; i++)
    found |= r->recorded->allocators[i].hooking == hooking;
  CHECK(name, found);
  return r;
}

static void exact(const char *name, run *r, unsigned long others, unsigned long other_bytes) {
  expected is = {0, 0, 0};
  if (!r)
    return;
  CHECK(name, sscanf(r->output, "%lu %lu %lu", &is.allocations, &is.frees, &is.bytes) == 3);
  const recording *has = r->recorded;
  CHECK(name, has->allocation_count == is.allocations + others && has->frees == is.frees);
  CHECK(name, has->allocated_bytes == is.bytes + other_bytes);
  CHECK(name, losses(has) == 0);
}

/* What libstdc++ and stdio allocate for themselves: the same in each run of a program. */
enum { POOL_OF_LIBSTDCXX = 72704, STDOUT_PIPE = 4096 };

static void jemalloc(void) {
  if (is_there("jemalloc, shared", path_of("jemalloc-shared")))
    exact("jemalloc, shared", check_program("jemalloc, shared", path_of("jemalloc-shared"), NULL, "", PATCHED), 2,
          POOL_OF_LIBSTDCXX + STDOUT_PIPE);
  if (is_there("jemalloc, static", path_of("jemalloc-static")))
    exact("jemalloc, static", check_program("jemalloc, static", path_of("jemalloc-static"), NULL, "", PATCHED), 1,
          STDOUT_PIPE);
  if (is_there("jemalloc, static with prefix", path_of("jemalloc-prefixed")))
    exact("jemalloc, static with prefix",
          check_program("jemalloc, static with prefix", path_of("jemalloc-prefixed"), NULL, "", PATCHED), 1,
          STDOUT_PIPE);
}

static void operators(void) {
  enum { INTERPOSED = 1, UNKNOWN_FREE = 3 };
  static const char *const libraries[] = {"/usr/lib/x86_64-linux-gnu/libjemalloc.so.2",
                                          "/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4",
                                          "/usr/lib/x86_64-linux-gnu/libmimalloc.so.2"};
  exact("operators, libc", check_program("operators, libc", path_of("operators"), NULL, "", INTERPOSED), 2,
        POOL_OF_LIBSTDCXX + STDOUT_PIPE);
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
    if (is_there("operators", libraries[i]))
      exact(libraries[i], check_program(libraries[i], path_of("operators"), NULL, libraries[i], PATCHED), 2,
            POOL_OF_LIBSTDCXX + STDOUT_PIPE);
  if (!is_there("operators that throw", libraries[0]))
    return;
  /* The exception itself is made inside of operator new: its end is one that is not known. */
  run *r = check_program("operators that throw", path_of("operators"), "throw", libraries[0], PATCHED);
  expected is = {0, 0, 0};
  CHECK("operators that throw", r && sscanf(r->output, "%lu %lu %lu", &is.allocations, &is.frees, &is.bytes) == 3);
  if (r && r->recorded)
    CHECK("operators that throw", r->recorded->allocation_count == is.allocations + 2 &&
                                      r->recorded->frees == is.frees && losses(r->recorded) == 1 &&
                                      r->recorded->losses[UNKNOWN_FREE] == 1);
}

/* The counting shim between us and an allocator whose malloc has a second name: each block of malloc once, and no
 * operators. */
static void wrapped(const char *allocator) {
  enum { REFUSED = 4, OF_MALLOC = 100 };
  char behind[1200], name[700];
  snprintf(name, sizeof name, "behind a wrapper: %s", allocator);
  if (!is_there(name, allocator))
    return;
  snprintf(behind, sizeof behind, "%s/../libcount.so:%s", directory, allocator);
  run *r = check_program(name, path_of("operators"), NULL, behind, REFUSED);
  if (!r)
    return;
  unsigned blocks = 0, freed = 0, others = 0;
  for (uint64_t i = 1; i <= r->recorded->allocation_count; i++) {
    const rec_allocation *is = &r->recorded->allocations[i];
    bool of_malloc = is->size >= 5000 && is->size < 5000 + OF_MALLOC;
    blocks += of_malloc;
    freed += of_malloc && is->freed;
    others += is->size >= 300 && is->size < 1300;
  }
  CHECK(name, blocks == OF_MALLOC && freed == OF_MALLOC && others == 0);
  CHECK(name, losses(r->recorded) == 1 && r->recorded->losses[17] == 1); /* one allocator that is not hooked */
}

/* Loaded while the process runs: named, and counted as not hooked. */
static void loaded_later(const char *allocator) {
  enum { REFUSED = 4 };
  if (!is_there("loaded later", allocator))
    return;
  run *r = check_program("loaded later", path_of("later"), allocator, "", REFUSED);
  bool named = false;
  for (uint32_t i = 0; r && i < r->recorded->allocator_count; i++)
    named |= r->recorded->allocators[i].hooking == REFUSED && strcmp(r->recorded->allocators[i].name, "mimalloc") == 0;
  CHECK("loaded later", named && r->recorded->losses[17] == 1 && losses(r->recorded) == 1);
}

/* The allocator of itself, against what the program was told by it. */
static void statistics(void) {
  enum { IN_USE = 3, FREE = 4, MAPPED = 5, BIG = 7, BIG_BLOCKS = 8, SLACK = 16 << 10 };
  char *arguments[] = {(char *)path_of("stats"), NULL}, *asked[] = {"HEAPHOUND_ALLOCATOR_STATS=1", NULL},
       *not_asked[] = {NULL};
  run *r = run_program(arguments, library, to, asked);
  unsigned long in_use, unused, big;
  CHECK("statistics",
        exit_code(r) == 0 && r->recorded && sscanf(r->output, "%lu %lu %lu", &in_use, &unused, &big) == 3);
  if (!r->recorded)
    return;
  const uint64_t *said = r->recorded->allocator_stats;
  CHECK("statistics: in use", said[IN_USE] >= in_use && said[IN_USE] < in_use + SLACK);
  CHECK("statistics: free", said[FREE] + SLACK > unused && said[FREE] < unused + SLACK);
  CHECK("statistics: big", said[BIG] == big && said[BIG_BLOCKS] == 1 && said[MAPPED] >= said[IN_USE] + said[FREE]);
  r = run_program(arguments, library, to, not_asked);
  CHECK("no statistics unless asked for", r->recorded && r->recorded->allocator_stats[IN_USE] == 0);
  if (!is_there("statistics of jemalloc", path_of("jemalloc-shared")))
    return;
  char *program[] = {(char *)path_of("jemalloc-shared"), NULL};
  r = run_program(program, library, to, asked);
  CHECK("statistics of jemalloc", r->recorded && r->recorded->allocator_stats[IN_USE] >= r->recorded->live_bytes);
  CHECK("statistics of jemalloc",
        r->recorded && r->recorded->allocator_stats[MAPPED] > r->recorded->allocator_stats[IN_USE]);
}

static void pools(void) {
  char *arguments[] = {(char *)path_of("pool"), NULL}, *options[] = {NULL};
  run *r = run_program(arguments, library, to, options);
  CHECK("pool", exit_code(r) == 0 && r->recorded && r->recorded->problems == 0 && losses(r->recorded) == 0);
  if (!r->recorded)
    return;
  unsigned blocks = 0, live = 0, chunks = 0;
  for (uint64_t i = 1; i <= r->recorded->allocation_count; i++) {
    const rec_allocation *is = &r->recorded->allocations[i];
    blocks += is->size >= 46 && is->size <= 48;
    live += is->size >= 46 && is->size <= 48 && !is->freed;
    chunks += is->size == 4800 && !is->freed;
  }
  CHECK("pool", blocks == 100 && live == 50 && chunks == 1);
}

int main(int argc, char **argv) {
  if (argc < 3)
    return 2;
  library = argv[1];
  directory = argv[2];
  close(mkstemp(to));
  jemalloc();
  operators();
  wrapped("/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4");
  wrapped("/usr/lib/x86_64-linux-gnu/libmimalloc.so.2");
  loaded_later("/usr/lib/x86_64-linux-gnu/libmimalloc.so.2");
  statistics();
  pools();
  unlink(to);
  return hh_check_end();
}
