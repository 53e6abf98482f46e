/* maps LIBRARY DIRECTORY: what a program does to its address space, against what it prints, and against
 * /proc/self/smaps. */
#include "check.h"
#include "map_sample.h"
#include "run_program.h"

static const char *library, *directory;
static char to[] = "/tmp/heaphound-maps-XXXXXX";

enum { MMAP = 1, MUNMAP, MREMAP, BRK, MALLOPT };
static const char *const kinds[] = {"", "mmap", "munmap", "mremap", "brk", "mallopt"};

static uint32_t kind_of(const char *word) {
  for (uint32_t kind = MMAP; kind <= MALLOPT; kind++)
    if (strcmp(word, kinds[kind]) == 0)
      return kind;
  return 0;
}

/* Every line that the program printed is a recorded call, in this order. */
static uint32_t check_lines(const char *name, run *r) {
  uint32_t lines = 0;
  for (char *line = strtok(r->output, "\n"); line; line = strtok(NULL, "\n")) {
    char word[16];
    unsigned long long address = 0, size = 0, old = 0, old_size = 0;
    sscanf(line, "%15s %llx %llx %llx %llx", word, &address, &size, &old, &old_size);
    const rec_call *call = lines < r->recorded->call_count ? &r->recorded->calls[lines] : NULL;
    lines++;
    CHECK(line, call && call->field[CALL_KIND] == kind_of(word));
    if (kind_of(word) == MALLOPT)
      continue;
    CHECK(line, call && call->field[CALL_ADDRESS] == address && call->field[CALL_SIZE] == size &&
                    call->field[CALL_OLD_ADDRESS] == old && call->field[CALL_OLD_SIZE] == old_size);
    CHECK(line, call && call->field[CALL_STACK] && call->field[CALL_TID]);
  }
  CHECK(name, lines > 8);
  return lines;
}

static void check_mallopt(const recording *r) {
  enum { PARAMETER = 12, VALUE, RESULT };
  const rec_call *call = &r->calls[r->call_count - 1];
  CHECK("mallopt", call->field[CALL_KIND] == MALLOPT);
  CHECK("mallopt", call->field[PARAMETER] == 5); /* zigzag: M_MMAP_THRESHOLD is -3 */
  CHECK("mallopt", call->field[VALUE] == 2 << 20 && call->field[RESULT] == 2);
}

/* The kernel's list has the memory that the program touched. */
static void check_sample(const recording *r, const char *name) {
  uint64_t cache = 0;
  for (uint32_t i = 0; i < r->call_count; i++)
    if (r->calls[i].field[CALL_SIZE] == 8 << 20)
      cache = r->calls[i].field[CALL_ADDRESS];
  CHECK(name, cache && r->map_samples > 0 && r->mapping_count > 10);
  const rec_mapping *around = NULL;
  for (uint32_t i = 0; i < r->mapping_count; i++)
    if (r->mappings[i].start <= cache && cache < r->mappings[i].start + r->mappings[i].size)
      around = &r->mappings[i];
  CHECK(name, around && around->resident_bytes >= 3 << 20 && around->anonymous_bytes >= 3 << 20);
  CHECK(name, around && strcmp(around->permissions, "rw-p") == 0 && around->size >= 8 << 20);
}

static void program(const char *name, bool glibc) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  char *arguments[] = {path, NULL}, *options[] = {NULL};
  run *r = run_program(arguments, library, to, options);
  CHECK(name, exit_code(r) == 0 && r->recorded && r->recorded->problems == 0);
  if (!r->recorded)
    return;
  uint32_t lines = check_lines(name, r);
  CHECK(name, lines == r->recorded->call_count);
  enum { BUSY = 8, MEMORY_CALL = 16 };
  CHECK(name, r->recorded->losses[MEMORY_CALL] == 0 && r->recorded->losses[BUSY] == 0);
  if (glibc)
    check_mallopt(r->recorded);
  check_sample(r->recorded, name);
  enum { RESIDENT = 2, ANONYMOUS, FILE_BYTES = 6 };
  const uint64_t *memory = r->recorded->memory;
  CHECK(name, memory[ANONYMOUS] >= 3 << 20 && memory[RESIDENT] >= memory[ANONYMOUS] + memory[FILE_BYTES]);
}

/* 8,000 calls of eight threads: recorded, or counted as lost. */
static void threads(void) {
  char path[600];
  snprintf(path, sizeof path, "%s/maps", directory);
  char *arguments[] = {path, "threads", NULL}, *options[] = {NULL};
  run *r = run_program(arguments, library, to, options);
  CHECK("threads", exit_code(r) == 0 && r->recorded && r->recorded->problems == 0);
  enum { MEMORY_CALL = 16, OF_THREADS = 8000 };
  uint32_t lines = 0;
  for (char *at = r->output; (at = strchr(at, '\n')); at++)
    lines++;
  if (r->recorded)
    CHECK("threads", r->recorded->call_count + r->recorded->losses[MEMORY_CALL] == OF_THREADS + lines);
}

static void lines_of_smaps(void) {
  hh_mapping m = {0};
  CHECK("header", hh_mapping_line(&m, "7f12a4000000-7f12a4021000 rw-p 00001000 fe:01 123456     /a b/c d (deleted)"));
  CHECK("header", m.start == 0x7f12a4000000 && m.size == 0x21000 && m.offset == 0x1000);
  CHECK("header", strcmp(m.permissions, "rw-p") == 0 && strcmp(m.name, "/a b/c d (deleted)") == 0);
  CHECK("figure", !hh_mapping_line(&m, "Rss:                 132 kB") && m.resident_bytes == 132 << 10);
  CHECK("figure", !hh_mapping_line(&m, "Private_Dirty:         4 kB") && m.private_dirty_bytes == 4 << 10);
  CHECK("figure", !hh_mapping_line(&m, "AnonHugePages:      2048 kB") && m.anonymous_bytes == 0);
  CHECK("no name", hh_mapping_line(&m, "ffe00000-ffe01000 ---s 00000000 00:00 0 ") && m.name[0] == 0);
  CHECK("no name", m.resident_bytes == 0 && strcmp(m.permissions, "---s") == 0);
  CHECK("short", hh_mapping_line(&m, "1-2") && m.size == 1 && m.permissions[0] == 0);
}

int main(int argc, char **argv) {
  if (argc < 3)
    return 2;
  library = argv[1];
  directory = argv[2];
  close(mkstemp(to));
  lines_of_smaps();
  program("maps", true);
  program("maps-musl", false);
  threads();
  unlink(to);
  return hh_check_end();
}
