/* modes LIBRARY PROGRAM: what programs do under each mode, held against their recordings. */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "recording/recording.h"

enum { EXACT = 1, CULL = 2, SAMPLE = 3, AUTO = 4, DORMANT = 5 };
enum { WHY_API = 1, WHY_SIGNAL = 2, WHY_CONDITION = 4, WHY_BUDGET = 5 };
enum { UNKNOWN_FREE = 3, UNRECORDED_FREE = 10, FORGOTTEN = 11 };

static const char *library, *program;
static char directory[] = "/tmp/hh-modes-XXXXXX", path[600], output[4096];

static void become(const char *what, const char *argument, char *const *options, int to) {
  char *const words[] = {(char *)program, (char *)what, (char *)argument, NULL};
  dup2(to, 1);
  for (; *options; options++)
    putenv(*options);
  setenv("HEAPHOUND_OUTPUT", path, 1);
  setenv("LD_PRELOAD", library, 1);
  execv(program, words);
  _exit(127);
}

static int wait_for(const char *what, const char *argument, char *const *options) {
  int ends[2], status;
  if (pipe2(ends, O_CLOEXEC) != 0)
    exit(2);
  pid_t child = fork();
  if (child == 0)
    become(what, argument, options, ends[1]);
  close(ends[1]);
  size_t bytes = 0;
  for (ssize_t got; (got = read(ends[0], output + bytes, sizeof output - 1 - bytes)) > 0;)
    bytes += (size_t)got;
  output[bytes] = 0;
  close(ends[0]);
  waitpid(child, &status, 0);
  return status;
}

/* Is there a recording? */
static bool run_quietly(const char *what, char *const *options) {
  snprintf(path, sizeof path, "%s/%s.hh", directory, what);
  unlink(path);
  int status = wait_for(what, NULL, options);
  CHECK(what, WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return access(path, F_OK) == 0;
}

/* Its output is in `output`. */
static recording *run(const char *what, const char *argument, char *const *options) {
  snprintf(path, sizeof path, "%s/%s.hh", directory, what);
  unlink(path);
  int status = wait_for(what, argument, options);
  CHECK(what, WIFEXITED(status) && WEXITSTATUS(status) == 0);
  recording *r = recording_read(path);
  CHECK(what, r && r->problems == 0 && r->has_hello && r->has_goodbye);
  if (!r)
    exit(hh_check_end());
  return r;
}

typedef struct figures {
  uint64_t count, live, bytes;
} figures;

static figures of_size(const recording *r, uint64_t size) {
  figures sum = {0};
  for (uint64_t i = 1; i <= r->allocation_count; i++)
    if (r->allocations[i].size == size) {
      sum.count++;
      sum.live += !r->allocations[i].freed;
    }
  return sum;
}

static uint64_t only(const recording *r, uint64_t size) {
  for (uint64_t i = 1; i <= r->allocation_count; i++)
    if (r->allocations[i].size == size)
      return i;
  return 0;
}

static uint64_t losses_but(const recording *r, int kind) {
  uint64_t sum = 0;
  for (int i = 1; i < REC_LOSSES; i++)
    sum += i == kind ? 0 : r->losses[i];
  return sum;
}

/* ---- cull */

static void check_chain(const recording *r) {
  uint64_t first = only(r, 1001), second = only(r, 20001), third = only(r, 300001), fourth = only(r, 400001);
  const rec_allocation *a = r->allocations;
  CHECK("cull: a chain that survives is whole", first && second && third && fourth);
  CHECK("cull: chain", a[second].replaced == first && a[third].replaced == second && a[fourth].replaced == third);
  CHECK("cull: chain", a[first].freed && a[second].freed && a[third].freed && !a[fourth].freed);
  CHECK("cull: chain", a[first].ticks <= a[first].freed_ticks && a[first].freed_ticks <= a[second].ticks &&
                           a[third].ticks < a[fourth].ticks);
}

static const rec_culled *culled_of(const recording *r, uint64_t count, uint64_t bytes) {
  for (uint32_t stack = 1; stack <= r->stack_count && r->culled; stack++)
    if (r->culled[stack].count == count && r->culled[stack].bytes == bytes)
      return &r->culled[stack];
  return NULL;
}

static void cull(void) {
  char *options[] = {"HEAPHOUND_MODE=cull", "HEAPHOUND_CULL_MS=100", NULL};
  recording *r = run("cull", NULL, options);
  CHECK("cull", r->mode == CULL && losses_but(r, 0) == 0);
  CHECK("cull: short-lived ones are not there", of_size(r, 100).count == 0 && of_size(r, 444).count == 0);
  CHECK("cull: survivors are", of_size(r, 777).count == 50 && of_size(r, 777).live == 50);
  CHECK("cull: late deallocations are", of_size(r, 888).count == 20 && of_size(r, 888).live == 0);
  CHECK("cull: of a dead thread", of_size(r, 555).count == 5 && of_size(r, 555).live == 5);
  const rec_allocation *aligned = &r->allocations[only(r, 4321)], *cleared = &r->allocations[only(r, 333)];
  CHECK("cull: kinds", aligned->kind == 3 && aligned->align_log2 == 8 && cleared->kind == 1);
  CHECK("cull: a chain that dies young leaves nothing", !only(r, 1002) && !only(r, 20002) && !only(r, 32));
  check_chain(r);
  const rec_culled *loop = culled_of(r, 1000, 100000);
  uint64_t lifetimes = 0;
  for (int bucket = 0; loop && bucket < REC_LIFETIMES; bucket++)
    lifetimes += loop->lifetimes[bucket];
  CHECK("cull: counters per stack", loop && lifetimes == 1000 && loop->lifetimes[0] > 500);
  CHECK("cull: freed by another thread", culled_of(r, 10, 4440) != NULL);
  CHECK("cull: times are the original ones",
        (double)(r->allocations[only(r, 400001)].ticks - r->allocations[only(r, 777)].ticks) * r->ns_per_tick > 350e6);
  /* Whatever is neither culled nor live has been sent and freed. */
  CHECK("cull: totals", r->counted_allocations == r->culled_count + r->allocation_count &&
                            r->counted_deallocations == r->culled_count + r->frees);
  CHECK("cull: totals",
        r->live_allocations == r->allocation_count - r->frees && r->live_bytes == r->allocated_bytes - r->freed_bytes);
}

/* Everything the same as in exact mode when nothing lives shorter than the threshold, or all does. */
static void cull_limits(void) {
  char *exact_options[] = {"HEAPHOUND_MODE=exact", NULL};
  recording *exact = run("cull", NULL, exact_options);
  char *options[] = {"HEAPHOUND_MODE=cull", "HEAPHOUND_CULL_MS=3600000", NULL};
  recording *r = run("cull", NULL, options);
  CHECK("cull all", r->culled_count + r->allocation_count == exact->allocation_count);
  CHECK("cull all", r->allocation_count == exact->allocation_count - exact->frees + 3); /* the chain stays whole */
  CHECK("cull all", r->live_bytes == exact->live_bytes && r->live_allocations == exact->live_allocations);
  char *pending[] = {"HEAPHOUND_MODE=cull", "HEAPHOUND_CULL_PENDING=1", NULL};
  r = run("cull", NULL, pending);
  CHECK("few pending", r->culled_count + r->allocation_count == exact->allocation_count);
  CHECK("few pending", r->live_bytes == exact->live_bytes);
}

/* ---- sample */

/* Estimates of what the program says of itself, size class by size class. */
typedef struct estimate {
  double bytes, count, bytes_variance, count_variance;
} estimate;

static void add(estimate *sum, const rec_allocation *a) {
  double weight = a->sample_bytes ? 1 / -expm1(-(double)a->size / (double)a->sample_bytes) : 1;
  double bytes = (double)a->size * weight, missed = 1 - 1 / weight;
  sum->bytes += bytes;
  sum->count += weight;
  sum->bytes_variance += bytes * bytes * missed;
  sum->count_variance += weight * weight * missed;
}

/* How many standard deviations off. */
static double deviation(double is, double truth, double variance) {
  return (is - truth) / sqrt(variance + 1);
}

enum { CLASSES = 4, RUNS = 12 };

static int class_of(uint64_t size) {
  return size < 200 ? 0 : size < 3000 ? 1 : size < 50000 ? 2 : 3;
}

/* Deviations of an unbiased estimate with an honest variance are distributed about as N(0, 1): over RUNS runs their
 * mean is within 4 / sqrt(RUNS), their mean square near 1. */
static void sample(char *interval, double most_square) {
  double sum[CLASSES][2] = {{0}}, squares = 0, worst = 0, live_sum = 0;
  for (int i = 0; i < RUNS; i++) {
    char *options[] = {"HEAPHOUND_MODE=sample", interval, NULL};
    recording *r = run("sample", "60", options);
    unsigned long bytes[CLASSES], count[CLASSES], kept_bytes, kept;
    if (!CHECK("sample", sscanf(output, "%lu %lu %lu %lu %lu %lu %lu %lu %lu %lu", &bytes[0], &count[0], &bytes[1],
                                &count[1], &bytes[2], &count[2], &bytes[3], &count[3], &kept_bytes, &kept) == 10))
      return;
    CHECK("sample", r->mode == SAMPLE && losses_but(r, UNRECORDED_FREE) == 0);
    estimate of[CLASSES] = {{0}}, live = {0};
    for (uint64_t a = 1; a <= r->allocation_count; a++) {
      add(&of[class_of(r->allocations[a].size)], &r->allocations[a]);
      if (!r->allocations[a].freed)
        add(&live, &r->allocations[a]);
    }
    for (int class = 0; class < CLASSES; class ++) {
      double off[2] = {deviation(of[class].bytes, (double)bytes[class], of[class].bytes_variance),
                       deviation(of[class].count, (double)count[class], of[class].count_variance)};
      for (int figure = 0; figure < 2; figure++) {
        sum[class][figure] += off[figure];
        squares += off[figure] * off[figure];
        worst = fmax(worst, fabs(off[figure]));
      }
    }
    live_sum += deviation(live.bytes, (double)kept_bytes, live.bytes_variance);
    CHECK("sample: the sender's own estimate", fabs((double)r->live_bytes - live.bytes) < 1e-3 * live.bytes + 1000 &&
                                                   fabs(r->live_bytes_variance / live.bytes_variance - 1) < 0.01);
  }
  for (int class = 0; class < CLASSES; class ++)
    for (int figure = 0; figure < 2; figure++)
      CHECK("sample: unbiased", fabs(sum[class][figure]) / RUNS < 4 / sqrt(RUNS));
  CHECK("sample: unbiased, live", fabs(live_sum) / RUNS < 4 / sqrt(RUNS));
  CHECK("sample: variance", squares / (RUNS * CLASSES * 2) < most_square && worst < 6);
}

static void sample_threads(void) {
  char *options[] = {"HEAPHOUND_MODE=sample", "HEAPHOUND_SAMPLE_BYTES=8K", NULL};
  recording *r = run("threads", NULL, options);
  estimate all = {0};
  uint32_t threads = 0;
  uint64_t seen = 0;
  for (uint64_t a = 1; a <= r->allocation_count; a++)
    if (r->allocations[a].size == 500) {
      add(&all, &r->allocations[a]);
      if (!(seen >> r->allocations[a].thread & 1))
        threads++;
      seen |= (uint64_t)1 << r->allocations[a].thread;
    }
  CHECK("sample: four threads", threads == 4 && fabs(deviation(all.count, 80000, all.count_variance)) < 6);
}

/* ---- switching */

static void switching(void) {
  char *options[] = {"HEAPHOUND_MODE=dormant", NULL};
  recording *r = run("switching", NULL, options);
  CHECK("switching", strcmp(output, "5 1 3 5 22\n") == 0);
  CHECK("switching: dormant", r->mode == DORMANT && of_size(r, 1001).count == 0 && of_size(r, 5001).count == 0);
  CHECK("switching: exact", of_size(r, 1002).count == 10 && of_size(r, 1004).count == 10);
  CHECK("switching: stopped", of_size(r, 1005).count == 0);
  CHECK("switching: what was exact is followed while sampling",
        of_size(r, 5002).count == 1 && of_size(r, 5002).live == 0);
  CHECK("switching: of the time before", r->losses[UNRECORDED_FREE] >= 1 && r->losses[UNKNOWN_FREE] == 0);
  static const rec_mode_change expected[] = {{0, DORMANT, EXACT, WHY_API},
                                             {0, EXACT, SAMPLE, WHY_API},
                                             {0, SAMPLE, EXACT, WHY_API},
                                             {0, EXACT, DORMANT, WHY_API}};
  CHECK("switching: events", r->mode_change_count == 4);
  for (uint32_t i = 0; i < 4; i++) {
    const rec_mode_change *is = &r->mode_changes[i];
    CHECK("switching: events", is->from == expected[i].from && is->to == expected[i].to && is->why == expected[i].why);
    CHECK("switching: events", i == 0 || is->ticks >= is[-1].ticks);
  }
  CHECK("markers", r->marker_count == 2 && r->markers[0].number == 7 && strcmp(r->markers[0].label, "seven") == 0 &&
                       r->markers[1].number == 8 && r->markers[1].label[0] == 0);
}

/* ---- signals */

static void signals(void) {
  char *options[] = {"HEAPHOUND_SIGNALS=1", NULL};
  recording *r = run("signals", NULL, options);
  CHECK("signals: the program's own handler is called too, and seen", strcmp(output, "2 1 1\n") == 0);
  CHECK("signals: switch", of_size(r, 1001).count == 10 && of_size(r, 1002).count == 0);
  CHECK("signals: switch", of_size(r, 1003).count == 10 && of_size(r, 1004).count == 0);
  CHECK("signals: events", r->mode_change_count == 3 && r->mode_changes[0].why == WHY_SIGNAL);
  CHECK("signals: marker", r->marker_count == 1 && strcmp(r->markers[0].label, "SIGUSR2") == 0);
}

/* ---- waking */

static void waking(void) {
  static char *const conditions[] = {"HEAPHOUND_WAKE_AT=100M", "HEAPHOUND_WAKE_AT=99%,150.5M/min"};
  for (int i = 0; i < 2; i++) {
    char *options[] = {"HEAPHOUND_MODE=dormant", "HEAPHOUND_WAKE_MODE=cull", "HEAPHOUND_CULL_MS=0", conditions[i],
                       NULL};
    recording *r = run("grow", NULL, options);
    CHECK("waking", strcmp(output, "2\n") == 0 && r->mode_change_count >= 1 && r->mode_changes[0].to == CULL &&
                        r->mode_changes[0].why == WHY_CONDITION);
    CHECK("waking", of_size(r, 1001).count == 0 && of_size(r, 1002).count == 10);
    CHECK("waking: freed later", r->losses[UNRECORDED_FREE] >= 1 && losses_but(r, UNRECORDED_FREE) == 0);
  }
  char *options[] = {"HEAPHOUND_MODE=dormant", "HEAPHOUND_WAKE_AT=much", NULL};
  CHECK("waking: nonsense", !run_quietly("cull", options));
}

static void budget(void) {
  char *options[] = {"HEAPHOUND_MODE=auto", "HEAPHOUND_BUDGET_CPU=5", NULL};
  recording *r = run("busy", NULL, options);
  CHECK("budget", strcmp(output, "4\n") == 0 && r->mode == AUTO && r->mode_change_count == 2);
  const rec_mode_change *is = r->mode_changes;
  CHECK("budget", is[0].from == EXACT && is[0].to == CULL && is[0].why == WHY_BUDGET);
  CHECK("budget", is[1].from == CULL && is[1].to == SAMPLE && is[1].why == WHY_BUDGET);
}

/* ---- as under Bytehound */

static void bytehound(void) {
  char *options[] = {"MEMORY_PROFILER_CULL_TEMPORARY_ALLOCATIONS=1",
                     "MEMORY_PROFILER_TEMPORARY_ALLOCATION_LIFETIME_THRESHOLD=100", NULL};
  recording *r = run("cull", NULL, options);
  CHECK("bytehound: variables", r->mode == CULL && of_size(r, 100).count == 0 && of_size(r, 888).count == 20);
  char *both[] = {"MEMORY_PROFILER_DISABLE_BY_DEFAULT=1", "HEAPHOUND_MODE=exact", NULL};
  r = run("bytehound", NULL, both);
  CHECK("bytehound: ours win", r->mode == EXACT && of_size(r, 1001).count == 10);
  CHECK("bytehound: functions", of_size(r, 1002).count == 0 && of_size(r, 1003).count == 10);
  CHECK("bytehound: marker", r->marker_count == 1 && r->markers[0].number == 77);
}

int main(int argc, char **argv) {
  if (argc < 3 || !mkdtemp(directory))
    return 2;
  library = argv[1];
  program = argv[2];
  cull();
  cull_limits();
  sample("HEAPHOUND_SAMPLE_BYTES=20K", 1.6);
  sample("HEAPHOUND_SAMPLE_BYTES=1K", 1.6);
  sample_threads();
  switching();
  signals();
  waking();
  budget();
  bytehound();
  return hh_check_end();
}
