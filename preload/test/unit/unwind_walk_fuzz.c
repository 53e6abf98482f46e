/* Walks over a program whose own unwind tables are damaged while it runs: any stack may come out, no crash. */
#include "check.h"
#include "unwind/image.h"
#include "unwind/loader.h"
#include "unwind/rules.h"
#include "unwind/unwind.h"
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { ROUNDS = 4000, PAGE = 4096 };

static hh_walker walker;
static volatile int sink;
static uint32_t caught;
static uint64_t plain[HH_MAX_FRAMES];

static __attribute__((noinline, optimize("no-omit-frame-pointer"))) void capture(void) {
  caught = hh_walk(&walker, HH_FRAME());
  sink = hh_walk_plain(HH_FRAME(), plain, HH_MAX_FRAMES);
}

static __attribute__((noinline)) void recurse(int depth) {
  volatile char *area = __builtin_alloca((size_t)(depth % 5) * 16 + 1);
  area[0] = 1;
  if (depth)
    recurse(depth - 1);
  else
    capture(), capture();
  sink += area[0];
}

typedef struct table {
  uint8_t *start;
  uint64_t size;
} table;

static int find_program(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  table *into = data;
  uint64_t header = 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type == PT_GNU_EH_FRAME)
      header = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
  }
  for (int i = 0; i < info->dlpi_phnum; i++) {
    uint64_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
    if (info->dlpi_phdr[i].p_type != PT_LOAD || header - start >= info->dlpi_phdr[i].p_memsz)
      continue;
    into->start = (uint8_t *)(uintptr_t)header;
    into->size = start + info->dlpi_phdr[i].p_memsz - header;
  }
  return 1;
}

static uint32_t seed = 11;
static uint32_t next_random(uint32_t below) {
  seed = seed * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)seed * below) >> 32);
}

int main(void) {
  table tables = {0, 0};
  dl_iterate_phdr(find_program, &tables);
  CHECK("init", !hh_stacks_init() && !hh_unwind_init() && !hh_walker_init(&walker));
  uintptr_t page = (uintptr_t)tables.start & ~(uintptr_t)(PAGE - 1);
  if (!CHECK("writable tables", tables.size && !mprotect((void *)page, (uintptr_t)tables.start + tables.size - page,
                                                         PROT_READ | PROT_WRITE)))
    return hh_check_end();
  uint32_t lost = 0;
  for (int round = 0; round < ROUNDS; round++) {
    uint32_t at[64];
    uint8_t was[64];
    for (uint32_t i = 0; i < 64; i++) {
      at[i] = next_random((uint32_t)tables.size);
      was[i] = tables.start[at[i]];
      tables.start[at[i]] = (uint8_t)next_random(256);
    }
    hh_lock_take(&hh_rules_lock);
    hh_rules_flush();
    hh_lock_release(&hh_rules_lock);
    recurse((int)next_random(30));
    hh_walk_losses *losses = &walker.losses;
    lost += losses->guessed + losses->truncated + losses->no_stack > 0;
    *losses = (hh_walk_losses){0, 0, 0};
    for (uint32_t i = 64; i-- > 0;)
      tables.start[at[i]] = was[i];
  }
  CHECK("some damage was noticed", lost > 0);
  hh_lock_take(&hh_rules_lock);
  hh_rules_flush();
  hh_lock_release(&hh_rules_lock);
  recurse(7);
  CHECK("the repaired tables give stacks again",
        caught && walker.losses.guessed + walker.losses.truncated + walker.losses.no_stack == 0);
  return hh_check_end();
}
