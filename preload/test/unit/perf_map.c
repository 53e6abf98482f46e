/* Names of generated code, from a file that grows while it is read. */
#include "perf_map.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "log.h"

int hh_log_level;
void hh_log(int level, const char *format, ...) {
  (void)level, (void)format;
}

static char path[64];

static void append(const char *text) {
  FILE *file = fopen(path, "a");
  if (file && fputs(text, file) >= 0)
    fclose(file);
  hh_perf_map_read();
}

static int is(uint64_t address, const char *name) {
  const hh_code *code = hh_perf_map_at(address);
  if (!code || !name)
    return !code && !name;
  return code->name_bytes == strlen(name) && !memcmp(code->name, name, code->name_bytes);
}

static void check_lines(void) {
  append("7f0000001000 40 JS:*fib /a b.js:1:2\n7f0000000800 10 first\n");
  CHECK("a name with blanks", is(0x7f0000001000, "JS:*fib /a b.js:1:2") && is(0x7f000000103f, "JS:*fib /a b.js:1:2"));
  CHECK("between", is(0x7f0000001040, NULL) && is(0x7f0000000810, NULL) && is(0x7f00000007ff, NULL) && is(0, NULL));
  append("0x7f0000002000 0x20 half a l");
  CHECK("not before the line is whole", is(0x7f0000002000, NULL));
  append("ine\nnonsense\n12 \n12 zz x\n7f0000003000 0 empty\nffffffffffffffff ff around\n");
  CHECK("then it is there", is(0x7f000000201f, "half a line") && is(0x7f0000001000, "JS:*fib /a b.js:1:2"));
  CHECK("what makes no sense is left out", is(0x12, NULL) && is(0x7f0000003000, NULL) && is(UINT64_MAX, NULL));
  append("7f0000001000 20 again\n");
  CHECK("the later one counts", is(0x7f0000001010, "again") && is(0x7f0000001030, NULL));
}

static void check_lengths(void) {
  char text[512] = "7f0000004000 10 ";
  memset(text + strlen(text), 'x', 199);
  strcat(text, "\xc3\xa9tail\n");
  append(text);
  const hh_code *code = hh_perf_map_at(0x7f0000004000);
  CHECK("cut, not within a character", code && code->name_bytes == 199);
}

static void check_order(void) {
  FILE *file = fopen(path, "a");
  int wrong = 0;
  for (unsigned i = 0; i < 20000; i++) /* 7919 is prime to 20000: every number once */
    fprintf(file, "%llx 8 f%u\n", 0x7e0000000000ull + 16ull * (i * 7919 % 20000), i * 7919 % 20000);
  fclose(file);
  hh_perf_map_read();
  for (unsigned i = 0; i < 20000; i++) {
    char name[16];
    snprintf(name, sizeof name, "f%u", i);
    wrong += !is(0x7e0000000000ull + 16ull * i + 7, name) + !is(0x7e0000000000ull + 16ull * i + 8, NULL);
  }
  CHECK("in any order", wrong == 0);
}

int main(void) {
  snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
  unlink(path);
  hh_perf_map_read();
  CHECK("no file, no names", is(0x1000, NULL));
  check_lines();
  check_lengths();
  check_order();
  hh_perf_map_clear();
  CHECK("forgotten", is(0x7f0000002000, NULL));
  unlink(path);
  if (CHECK("a pipe", mkfifo(path, 0600) == 0)) {
    hh_perf_map_read(); /* must not wait for a writer */
    CHECK("is not read", is(0x7f0000002000, NULL));
  }
  unlink(path);
  CHECK("a link", symlink("/proc/self/maps", path) == 0);
  hh_perf_map_read();
  CHECK("is not followed", is(0x7f0000002000, NULL));
  unlink(path);
  return hh_check_end();
}
