/* Runs small programs under the library and holds their recordings against what they did.
 * programs LIBRARY DIRECTORY [EMULATOR...]: DIRECTORY has the programs, built by core.mk. An emulator runs programs of
 * another architecture, but not those that they in turn become by exec. What was not built (musl) is left out. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "recording/recording.h"

static const char *library, *directory;
static char *const *emulator;                            /* its words, or NULL */
static char recordings[] = "/tmp/heaphound-test-XXXXXX"; /* of this run alone */

static char *join(const char *folder, const char *format, va_list values) {
  static char paths[8][512];
  static unsigned next;
  char *path = paths[next++ % 8];
  int length = snprintf(path, sizeof paths[0], "%s/", folder);
  vsnprintf(path + length, sizeof paths[0] - (size_t)length, format, values);
  return path;
}

static char *path_of(const char *format, ...) {
  va_list values;
  va_start(values, format);
  char *path = join(directory, format, values);
  va_end(values);
  return path;
}

static char *recording_path(const char *format, ...) {
  va_list values;
  va_start(values, format);
  char *path = join(recordings, format, values);
  va_end(values);
  return path;
}

typedef struct run {
  int status; /* as wait gives it */
  char output[64 << 10];
  size_t output_bytes;
  recording *recorded;
} run;

static char *const no_options[] = {NULL};

/* The emulator itself is of this machine's architecture and must not be given the library. */
static void become_emulated(char *const *program, const char *preload) {
  char *words[32];
  char setting[1200];
  size_t count = 0;
  for (char *const *word = emulator; *word && count < 16; word++)
    words[count++] = *word;
  if (preload) {
    snprintf(setting, sizeof setting, "LD_PRELOAD=%s", preload);
    words[count++] = "-E";
    words[count++] = setting;
  }
  for (; *program && count < sizeof words / sizeof *words - 1; program++)
    words[count++] = *program;
  words[count] = NULL;
  execvp(words[0], words);
  _exit(127);
}

static void become(char *const *program, const char *preload, const char *record_to, char *const *options, int output) {
  dup2(output, 1);
  for (; *options; options++)
    putenv(*options);
  if (record_to)
    setenv("HEAPHOUND_OUTPUT", record_to, 1);
  if (preload && !emulator)
    setenv("LD_PRELOAD", preload, 1);
  if (emulator)
    become_emulated(program, preload);
  execv(program[0], program);
  _exit(127);
}

static run start(char *const *program, const char *preload, const char *record_to, char *const *options) {
  static run result;
  int pipe_ends[2];
  memset(&result, 0, sizeof result);
  if (pipe2(pipe_ends, O_CLOEXEC) != 0)
    return result;
  pid_t child = fork();
  if (child == 0)
    become(program, preload, record_to, options, pipe_ends[1]);
  close(pipe_ends[1]);
  for (ssize_t got; result.output_bytes < sizeof result.output - 1 &&
                    (got = read(pipe_ends[0], result.output + result.output_bytes,
                                sizeof result.output - 1 - result.output_bytes)) > 0;)
    result.output_bytes += (size_t)got;
  close(pipe_ends[0]);
  waitpid(child, &result.status, 0);
  return result;
}

static run record(char *const *program, char *const *options, const char *also_preload) {
  char *to = recording_path("test.hh");
  unlink(to);
  char preload[1100];
  snprintf(preload, sizeof preload, "%s%s%s", library, also_preload ? ":" : "", also_preload ? also_preload : "");
  run result = start(program, preload, to, options);
  result.recorded = access(to, F_OK) == 0 ? recording_read(to) : NULL;
  return result;
}

static bool built(const char *program) {
  return access(path_of("%s", program), X_OK) == 0;
}

static bool exited(const run *r, int code) {
  return WIFEXITED(r->status) && WEXITSTATUS(r->status) == code;
}

/* Of events, and on glibc of stacks too: musl's start code has no unwind information, so the stacks of its main thread
 * end there and say so. */
static uint64_t all_losses(const recording *r) {
  enum { TRUNCATED_STACK = 6, GUESSED_FRAME = 7 };
  uint64_t sum = 0;
  bool musl = strcmp(r->libc, "musl") == 0;
  for (int kind = 1; kind < REC_LOSSES; kind++)
    if (!musl || (kind != TRUNCATED_STACK && kind != GUESSED_FRAME))
      sum += r->losses[kind];
  return sum;
}

static uint64_t live_of_size(const recording *r, uint64_t size) {
  uint64_t count = 0;
  for (uint64_t i = 1; i <= r->allocation_count; i++)
    count += r->allocations[i].size == size && !r->allocations[i].freed;
  return count;
}

static uint64_t of_size(const recording *r, uint64_t size) {
  uint64_t count = 0;
  for (uint64_t i = 1; i <= r->allocation_count; i++)
    count += r->allocations[i].size == size;
  return count;
}

/* The kinds of damage that no recording may have. */
static void check_whole(const char *name, const run *r) {
  CHECK(name, r->recorded != NULL);
  if (!r->recorded)
    exit(hh_check_end());
  CHECK(name, r->recorded->problems == 0);
  CHECK(name, r->recorded->has_hello && r->recorded->has_goodbye);
  CHECK(name, r->recorded->live_bytes == r->recorded->allocated_bytes - r->recorded->freed_bytes);
  CHECK(name, r->recorded->live_allocations == r->recorded->allocation_count - r->recorded->frees);
}

/* ---- the same results as without the library */

static void semantics(const char *program) {
  char *arguments[] = {path_of("%s", program), NULL};
  run plain = start(arguments, NULL, NULL, no_options);
  run idle = start(arguments, library, NULL, no_options);
  CHECK(program, exited(&plain, 0) && plain.output_bytes > 5000);
  CHECK(program, idle.status == plain.status && strcmp(idle.output, plain.output) == 0);
  run recorded = record(arguments, no_options, NULL);
  CHECK(program, recorded.status == plain.status && strcmp(recorded.output, plain.output) == 0);
  check_whole(program, &recorded);
  char *free_stacks[] = {"HEAPHOUND_FREE_STACKS=1", NULL};
  recorded = record(arguments, free_stacks, NULL);
  CHECK(program, strcmp(recorded.output, plain.output) == 0);
  check_whole(program, &recorded);
}

/* ---- exact contents */

static uint32_t depth_of(const recording *r, uint32_t stack) {
  uint32_t depth = 0;
  for (uint32_t node = r->stacks[stack]; node && r->nodes[node].parent; node = r->nodes[node].parent)
    depth++;
  return depth;
}

static void known(const char *program, bool free_stacks) {
  char *arguments[] = {path_of("%s", program), NULL};
  char *options[] = {free_stacks ? "HEAPHOUND_FREE_STACKS=1" : "HEAPHOUND_FREE_STACKS=0", NULL};
  run r = record(arguments, options, NULL);
  CHECK(program, exited(&r, 0));
  check_whole(program, &r);
  const recording *is = r.recorded;
  CHECK(program, is->allocation_count == 106 && is->frees == 56 && all_losses(is) == 0);
  const rec_allocation *a = is->allocations;
  for (uint64_t i = 1; i <= 100; i++) {
    CHECK(program, a[i].size == 1000 + i && a[i].freed == (i & 1) && a[i].kind == 0 && a[i].thread == 1);
    CHECK(program, a[i].stack == a[1].stack && (i == 1 || a[i].ticks >= a[i - 1].ticks));
  }
  CHECK(program, a[101].size == 7777 && a[101].kind == 1 && a[101].freed);
  CHECK(program, a[102].size == 3001 && a[102].kind == 0 && a[102].freed);
  CHECK(program, a[103].size == 90001 && a[103].kind == 2 && a[103].replaced == 102 && a[103].freed);
  CHECK(program, a[104].size == 5001 && a[104].kind == 2 && a[104].replaced == 103 && a[104].freed);
  CHECK(program, a[105].size == 4321 && a[105].kind == 3 && a[105].align_log2 == 8 && a[105].freed);
  CHECK(program, a[106].size == 640 && a[106].kind == 3 && a[106].align_log2 == 6 && a[106].freed);
  /* leaf and middle stand between main and malloc; the others are called by main itself. */
  uint32_t outer = depth_of(is, a[102].stack);
  CHECK(program, depth_of(is, a[1].stack) == outer + 2 && depth_of(is, a[105].stack) == outer);
  CHECK(program, !free_stacks || (a[1].free_stack && depth_of(is, a[1].free_stack) == outer));
  CHECK(program, a[103].freed_ticks >= a[103].ticks && a[104].ticks >= a[103].freed_ticks);
}

static void destructors(void) {
  char *arguments[] = {path_of("destructors"), NULL};
  run r = record(arguments, no_options, NULL);
  CHECK("destructors", exited(&r, 0));
  check_whole("destructors", &r);
  CHECK("destructors", of_size(r.recorded, 101) >= 100 && live_of_size(r.recorded, 101) == 0);
  CHECK("destructors", of_size(r.recorded, 201) == 1 && live_of_size(r.recorded, 201) == 0);
  CHECK("destructors", live_of_size(r.recorded, 12345) == 1);
}

/* ---- ends */

static void end(const char *program, const char *how, int code, int signal_number, uint32_t reason) {
  char *arguments[] = {path_of("%s", program), (char *)how, NULL};
  run r = record(arguments, no_options, NULL);
  CHECK(how, signal_number ? WIFSIGNALED(r.status) && WTERMSIG(r.status) == signal_number : exited(&r, code));
  check_whole(how, &r);
  uint64_t freed = 0, there = 0;
  for (uint64_t i = 1; i <= r.recorded->allocation_count; i++)
    if (r.recorded->allocations[i].size >= 100 && r.recorded->allocations[i].size < 300) {
      there++;
      freed += r.recorded->allocations[i].freed;
    }
  CHECK(how, there >= 200 && there - freed >= 100 && freed >= 100);
  CHECK(how, r.recorded->goodbye_reason == reason && all_losses(r.recorded) == 0);
}

/* ---- fork */

static void fork_quiet(const char *program, const char *how, int code) {
  char *arguments[] = {path_of("%s", program), (char *)how, path_of("ends"), NULL};
  run r = record(arguments, no_options, NULL);
  CHECK(how, exited(&r, code));
  check_whole(how, &r);
  CHECK(how, of_size(r.recorded, 500) == 300 && live_of_size(r.recorded, 500) == 300);
  CHECK(how, all_losses(r.recorded) == 0);
}

/* What the process becomes by exec is profiled in its place. */
static void exec_in_place(void) {
  char *arguments[] = {"/bin/sh", "-c", NULL, NULL};
  char command[600];
  snprintf(command, sizeof command, "exec %s return", path_of("ends"));
  arguments[2] = command;
  run r = record(arguments, no_options, NULL);
  CHECK("exec in place", exited(&r, 7));
  check_whole("exec in place", &r);
  CHECK("exec in place", of_size(r.recorded, 299) == 1 && strstr(r.recorded->executable, "/ends"));
}

static void remove_matching(const char *pattern) {
  glob_t found;
  if (glob(pattern, 0, NULL, &found) == 0)
    for (size_t i = 0; i < found.gl_pathc; i++)
      unlink(found.gl_pathv[i]);
  globfree(&found);
}

/* Parent and child each leave a recording; the child's names its parent. */
static void fork_followed(const char *program, const char *how, int code, uint64_t child_blocks, uint64_t child_size) {
  char *pattern = recording_path("follow.*.hh");
  remove_matching(pattern);
  char *arguments[] = {path_of("%s", program), (char *)how, path_of("ends"), NULL};
  char *options[] = {"HEAPHOUND_FOLLOW=children", NULL};
  run r = start(arguments, library, recording_path("follow.%%p.hh"), options);
  CHECK(how, exited(&r, code));
  glob_t found;
  CHECK(how, glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc == 2);
  recording *parent = NULL, *child = NULL;
  for (size_t i = 0; i < found.gl_pathc; i++) {
    recording *is = recording_read(found.gl_pathv[i]);
    *(is->parent_process ? &child : &parent) = is;
    CHECK(how, is->problems == 0 && is->has_goodbye && all_losses(is) == 0);
  }
  CHECK(how, parent && child && child->parent_process == parent->process && child->process != parent->process);
  if (parent && child) {
    CHECK(how, of_size(parent, 500) == 300);
    CHECK(how, of_size(child, child_size) == child_blocks);
  }
  globfree(&found);
}

/* Forked in the middle of everything, the child begins anew. */
static void fork_while_busy(void) {
  char *pattern = recording_path("busy.*.hh");
  remove_matching(pattern);
  char *arguments[] = {path_of("forkbusy"), NULL};
  char *options[] = {"HEAPHOUND_FOLLOW=children", NULL};
  run r = start(arguments, library, recording_path("busy.%%p.hh"), options);
  CHECK("fork while busy", exited(&r, 0));
  glob_t found;
  CHECK("fork while busy", glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc == 7);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    recording *is = recording_read(found.gl_pathv[i]);
    CHECK("fork while busy", is->problems == 0 && is->has_goodbye);
    if (is->parent_process)
      CHECK("fork while busy", of_size(is, 321) == 20000 && live_of_size(is, 321) == 0 && all_losses(is) == 0);
  }
  globfree(&found);
}

/* ---- threads */

static void threads(const char *program, const char *how, bool counted) {
  char *arguments[] = {path_of("%s", program), (char *)how, NULL};
  run r = record(arguments, no_options, counted ? path_of("count.so") : NULL);
  CHECK(how, exited(&r, 0));
  check_whole(how, &r);
  unsigned long made = 0, allocations = 0, frees = 0;
  CHECK(how, sscanf(r.output, "%lu %lu %lu", &made, &allocations, &frees) == 3);
  CHECK(how, r.recorded->allocation_count >= made);
  if (counted) {
    /* The counter also sees what libc allocates for the profiler's own thread. */
    CHECK(how, allocations - r.recorded->allocation_count <= 1 && r.recorded->frees == frees);
  }
  CHECK(how, all_losses(r.recorded) == 0);
  /* Records are used again: the profiler's memory does not grow with the number of threads that ever were. */
  CHECK(how, r.recorded->profiler_bytes < 48 << 20);
}

/* Rings that are far too small: what does not fit is counted, and what is there hangs together. */
static void full_rings(void) {
  char *arguments[] = {path_of("threads"), "share", NULL};
  char *options[] = {"HEAPHOUND_RING_BYTES=256K", NULL};
  run r = record(arguments, options, path_of("count.so"));
  CHECK("full rings", exited(&r, 0));
  check_whole("full rings", &r);
  unsigned long made = 0, allocations = 0, frees = 0;
  CHECK("full rings", sscanf(r.output, "%lu %lu %lu", &made, &allocations, &frees) == 3);
  enum { RING_FULL = 1, UNKNOWN_FREE = 3, MISSED_FREE = 4 };
  const uint64_t *lost = r.recorded->losses;
  uint64_t seen = r.recorded->events - lost[MISSED_FREE] + lost[RING_FULL] + lost[UNKNOWN_FREE];
  CHECK("full rings", lost[RING_FULL] > 1000 && seen >= allocations + frees - 1 && seen <= allocations + frees);
  CHECK("full rings", r.recorded->profiler_bytes < 16 << 20);
}

/* Nobody listens: the program ends soon, and normally. */
static void no_server(void) {
  char *arguments[] = {path_of("threads"), "share", NULL};
  char *options[] = {"HEAPHOUND_SERVER=127.0.0.1:1", "HEAPHOUND_SPOOL_BYTES=1M", NULL};
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  run r = start(arguments, library, NULL, options);
  clock_gettime(CLOCK_MONOTONIC, &after);
  CHECK("no server", exited(&r, 0) && strncmp(r.output, "160000 ", 7) == 0);
  CHECK("no server: held up for a second or so", after.tv_sec - before.tv_sec < 5);
}

/* ---- signals: what is not recorded is counted */

static void signals(const char *how) {
  char *arguments[] = {path_of("signals"), (char *)how, NULL};
  run r = record(arguments, no_options, path_of("bump.so"));
  CHECK(how, exited(&r, 0));
  check_whole(how, &r);
  unsigned long allocations = 0, frees = 0;
  CHECK(how, sscanf(r.output, "%lu %lu", &allocations, &frees) == 2);
  enum { MISSED_FREE = 4, UNKNOWN_FREE = 3, BUSY = 8 };
  uint64_t recorded = r.recorded->allocation_count + r.recorded->frees, made = allocations + frees;
  uint64_t lost = r.recorded->losses[BUSY] + r.recorded->losses[UNKNOWN_FREE];
  if (strcmp(how, "jump") == 0) {
    /* An event that was being recorded when its handler left is neither recorded nor counted: at most one per jump. */
    CHECK(how, recorded + lost <= made && recorded + lost + 2000 >= made);
  } else {
    CHECK(how, recorded + lost == made - 1); /* libc's allocation for the profiler's own thread */
  }
  CHECK(how, r.recorded->losses[MISSED_FREE] == 0 && r.recorded->losses[1] == 0);
  CHECK(how, recorded > made / 2);
}

/* An allocator inside the executable, whose calls no symbol leads to us: the functions are patched. */
static void prefixed(void) {
  enum { PATCHED = 3 };
  char *arguments[] = {path_of("prefixed"), NULL};
  run plain = start(arguments, NULL, NULL, no_options);
  run r = record(arguments, no_options, NULL);
  CHECK("prefixed", exited(&plain, 0) && exited(&r, 0) && strcmp(plain.output, r.output) == 0);
  check_whole("prefixed", &r);
  bool hooked = false;
  for (uint32_t i = 0; i < r.recorded->allocator_count; i++)
    hooked |= strcmp(r.recorded->allocators[i].name, "jemalloc") == 0 && r.recorded->allocators[i].hooking == PATCHED;
  CHECK("prefixed: patched", hooked);
  CHECK("prefixed: malloc", of_size(r.recorded, 1111) == 500 && live_of_size(r.recorded, 1111) == 250);
  CHECK("prefixed: calloc", of_size(r.recorded, 2222) == 500 && live_of_size(r.recorded, 2222) == 0);
  CHECK("prefixed: realloc", of_size(r.recorded, 3333) == 500 && live_of_size(r.recorded, 3333) == 500);
  CHECK("prefixed: aligned", of_size(r.recorded, 4444) == 500 && live_of_size(r.recorded, 4444) == 0);
  CHECK("prefixed: flags", of_size(r.recorded, 5555) == 500 && live_of_size(r.recorded, 5555) == 0);
  CHECK("prefixed", all_losses(r.recorded) == 0);
}

/* A namespace has a C library of its own, whose functions nobody replaces: what it allocates is not seen, what it makes
 * the program allocate is, with whole stacks. */
static void namespaces(void) {
  char *arguments[] = {path_of("namespaces"), path_of("namespaces.so"), NULL};
  if (emulator || !built(arguments[0]))
    return;
  run plain = start(arguments, NULL, NULL, no_options);
  run r = record(arguments, no_options, NULL);
  CHECK("namespaces", exited(&plain, 0) && exited(&r, 0) && strcmp(plain.output, r.output) == 0);
  check_whole("namespaces", &r);
  CHECK("namespaces: the program's own", of_size(r.recorded, 4321) == 3000 && live_of_size(r.recorded, 4321) == 0);
  CHECK("namespaces: not those inside", of_size(r.recorded, 1234) == 0 && of_size(r.recorded, 2468) == 0);
  CHECK("namespaces: no stack guessed or cut", all_losses(r.recorded) == 0);
}

/* What a thread costs beyond its own: 24 KiB once. Its stack and libc's part are in both figures. */
static void crowd(void) {
  enum { THREADS = 1000, MOST_KIB = 14 };
  char *arguments[] = {path_of("crowd"), "1000", NULL};
  run plain = start(arguments, NULL, NULL, no_options);
  run r = record(arguments, no_options, NULL);
  CHECK("crowd", exited(&plain, 0) && exited(&r, 0));
  check_whole("crowd", &r);
  const long more = atol(r.output) - atol(plain.output);
  if (!CHECK("crowd: memory of a thread", more < MOST_KIB * THREADS))
    printf("%ld KiB for %d threads\n", more, THREADS);
  CHECK("crowd", of_size(r.recorded, 100) == 4001 && all_losses(r.recorded) == 0);
}

/* Rings of 400 threads with 48 KiB in each: 26 MB while they work. */
static void crowd_rests(void) {
  char *arguments[] = {path_of("crowd"), "400", "2000", "12000", NULL};
  run r = record(arguments, no_options, NULL);
  CHECK("crowd that rests", exited(&r, 0));
  check_whole("crowd that rests", &r);
  if (!CHECK("crowd that rests: the rings' memory is given back", atol(r.output) <= 12000))
    printf("%s KiB\n", r.output);
  CHECK("crowd that rests", of_size(r.recorded, 100) == 800001 && all_losses(r.recorded) == 0);
}

static void public_functions(void) {
  char *arguments[] = {path_of("api"), NULL};
  run r = start(arguments, NULL, NULL, no_options);
  CHECK("api without the library", exited(&r, 3));
  r = record(arguments, no_options, NULL);
  CHECK("api", exited(&r, 0));
  check_whole("api", &r);
  CHECK("api", of_size(r.recorded, 1001) == 10 && of_size(r.recorded, 1002) == 0 && of_size(r.recorded, 1003) == 10);
}

/* ---- behaviour towards the rest of the process */

static void closed_descriptors(void) {
  char *own = recording_path("closes.own");
  unlink(own);
  char *arguments[] = {path_of("closes"), own, NULL};
  run r = record(arguments, no_options, NULL);
  CHECK("closes", exited(&r, 0));
  check_whole("closes", &r);
  CHECK("closes", r.recorded->allocation_count >= 250000 && all_losses(r.recorded) == 0);
  struct stat is;
  CHECK("closes: its file holds its own bytes only", stat(own, &is) == 0 && is.st_size == 4);
}

static void idle(void) {
  char *to = recording_path("test.hh");
  unlink(to);
  char *arguments[] = {path_of("ends"), "return", NULL};
  char *disabled[] = {"HEAPHOUND_DISABLED=1", NULL};
  run r = start(arguments, library, to, disabled);
  CHECK("disabled", exited(&r, 7) && access(to, F_OK) != 0);
  char *nonsense[] = {"HEAPHOUND_SPOOL_BYTES=many", NULL};
  r = start(arguments, library, to, nonsense);
  CHECK("an option that makes no sense", exited(&r, 7) && access(to, F_OK) != 0);
  r = start(arguments, library, "/nowhere/test.hh", no_options);
  CHECK("a target that cannot be written", exited(&r, 7));
  char *dormant[] = {"HEAPHOUND_MODE=dormant", NULL};
  r = start(arguments, library, to, dormant);
  CHECK("dormant", exited(&r, 7) && access(to, F_OK) != 0);
}

int main(int argc, char **argv) {
  if (argc < 3)
    return 2;
  library = argv[1];
  directory = argv[2];
  emulator = argc > 3 ? argv + 3 : NULL;
  if (!mkdtemp(recordings))
    return 2;
  semantics("semantics");
  if (built("semantics-musl"))
    semantics("semantics-musl");
  known("known-O0", false);
  known("known-O2", false);
  known("known-O2", true);
  if (built("known-musl")) {
    known("known-musl", false);
    known("known-musl", true);
  }
  if (built("destructors"))
    destructors();
  static const char *const ends[] = {"ends", "ends-musl"}, *const forks[] = {"forks", "forks-musl"};
  static const char *const ways[] = {"return", "exit", "_exit", "_Exit", "quick_exit", "thread"};
  for (int libc = 0; libc < 2 && built(ends[libc]); libc++) {
    /* qemu 7.2 fails an assertion of its own when the first thread ends first, or a child of several threads makes one.
     */
    for (size_t i = 0; i < sizeof ways / sizeof *ways - (emulator != NULL); i++)
      end(ends[libc], ways[i], 7, 0, 1);
    end(ends[libc], "abort", 0, SIGABRT, 3);
    end(ends[libc], "caught_abort", 7, 0, 3);
    fork_quiet(forks[libc], "fork", 3);
    fork_quiet(forks[libc], "_exit", 3);
    if (emulator)
      continue;
    fork_followed(forks[libc], "fork", 3, 1000, 500);
    fork_quiet(forks[libc], "exec", 7);
    fork_quiet(forks[libc], "vfork", 7);
    fork_quiet(forks[libc], "vfork_exit", 3);
    fork_quiet(forks[libc], "spawn", 7);
    fork_followed(forks[libc], "exec", 7, 1, 299);
    fork_followed(forks[libc], "vfork", 7, 1, 299);
    fork_followed(forks[libc], "spawn", 7, 1, 299);
  }
  if (!emulator)
    exec_in_place();
  if (!emulator) /* whose own locks may be held by other threads at the fork */
    fork_while_busy();
  static const char *const kinds[] = {"share", "churn", "small", "tls"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    threads("threads", kinds[i], true);
    if (built("threads-musl"))
      threads("threads-musl", kinds[i], false);
  }
  full_rings();
  no_server();
  public_functions();
  signals("plain");
  signals("stack");
  if (!emulator) /* which takes so long that a handler often leaves while a lock is held */
    signals("jump");
  closed_descriptors();
  namespaces();
  if (!emulator) { /* which has threads of its own: nothing is patched beside another thread */
    prefixed();
    crowd();
    crowd_rests();
  }
  idle();
  remove_matching(recording_path("*"));
  rmdir(recordings);
  return hh_check_end();
}
