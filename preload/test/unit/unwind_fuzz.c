/* Damaged unwind tables: bytes of a copy of libc's .eh_frame and its header are flipped, then rules are compiled and
 * rows computed. Unmapped pages stand right before and behind the copy, so any read outside ends the test. */
#include "check.h"
#include "unwind/cfi.h"
#include "unwind/compile.h"
#include "unwind/expression.h"
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ROUNDS = 60000, FLIPS_MAX = 8, PAGE = 4096 };

typedef struct source { /* a segment with unwind tables */
  uint64_t start, size, header, code, code_size;
} source;

static int find_libc(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  source *into = data;
  if (!strstr(info->dlpi_name, "libc.so"))
    return 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *h = &info->dlpi_phdr[i];
    if (h->p_type == PT_GNU_EH_FRAME)
      into->header = info->dlpi_addr + h->p_vaddr;
    if (h->p_type == PT_LOAD && (h->p_flags & PF_X)) {
      into->code = info->dlpi_addr + h->p_vaddr;
      into->code_size = h->p_memsz;
    }
  }
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *h = &info->dlpi_phdr[i];
    uint64_t start = info->dlpi_addr + h->p_vaddr;
    if (h->p_type != PT_LOAD || into->header - start >= h->p_memsz)
      continue;
    into->start = start;
    into->size = h->p_memsz;
  }
  return 1;
}

static uint32_t seed = 7;
static uint32_t next_random(uint32_t below) {
  seed = seed * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)seed * below) >> 32);
}

static int no_memory(void *context, uint64_t address, uint64_t *value) {
  (void)context;
  *value = address * 3;
  return next_random(4) == 0;
}

static void use_row(const hh_cfi_row *row) {
  uint64_t registers[HH_REGISTERS] = {0}, cfa = 4096, out;
  if (row->cfa_is_expression)
    hh_expression_evaluate(row->cfa_expression, registers, NULL, no_memory, NULL, &out);
  for (int i = 0; i < HH_REGISTERS; i++) {
    if (row->reg[i].how == HH_CFI_AT_EXPRESSION || row->reg[i].how == HH_CFI_IS_EXPRESSION)
      hh_expression_evaluate(row->reg[i].expression, registers, &cfa, no_memory, NULL, &out);
  }
}

/* One round: damage, look, repair. Returns whether the damage changed the answer. */
static int round_of(uint8_t *copy, const source *from, hh_image *image, uint64_t delta, int only_header) {
  uint32_t at[FLIPS_MAX];
  uint8_t was[FLIPS_MAX];
  uint32_t flips = 1 + next_random(FLIPS_MAX), header = (uint32_t)(from->header - from->start);
  uint64_t address = from->code + delta + next_random((uint32_t)from->code_size);
  hh_cfi_row row;
  hh_rule before = hh_rule_compile(image, address);
  for (uint32_t i = 0; i < flips; i++) {
    at[i] = only_header ? header + next_random(12) : next_random((uint32_t)from->size);
    was[i] = copy[at[i]];
    copy[at[i]] = next_random(3) ? (uint8_t)next_random(256) : was[i] ^ (uint8_t)(1 << next_random(8));
  }
  hh_rule after = hh_rule_compile(image, address);
  if (!hh_cfi_row_at(image, address, &row))
    use_row(&row);
  for (uint32_t i = flips; i-- > 0;)
    copy[at[i]] = was[i];
  hh_fde_index_free(image);
  image->index_tried = 0;
  return before != after;
}

/* Damage close to what one address needs: random places of a large table are seldom read. */
static int round_near(uint8_t *copy, const source *from, hh_image *image, uint64_t delta) {
  uint64_t address = from->code + delta + next_random((uint32_t)from->code_size);
  hh_fde fde;
  hh_cfi_row row;
  if (hh_fde_find(image, address, &fde))
    return 0;
  hh_rule before = hh_rule_compile(image, address);
  const uint8_t *near = next_random(3) ? fde.program.at : fde.initial.at;
  uint64_t offset = (uint64_t)(near - copy) - 24 + next_random(48);
  if (offset >= from->size)
    return 0;
  uint8_t was = copy[offset];
  copy[offset] = (uint8_t)next_random(256);
  hh_rule after = hh_rule_compile(image, address);
  if (!hh_cfi_row_at(image, address, &row))
    use_row(&row);
  copy[offset] = was;
  return before != after;
}

int main(void) {
  source from = {0, 0, 0, 0, 0};
  dl_iterate_phdr(find_libc, &from);
  if (!CHECK("libc has unwind tables", from.size && from.header))
    return hh_check_end();
  uint64_t pages = (from.size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
  uint8_t *area = mmap(NULL, pages + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(area + PAGE, pages, PROT_READ | PROT_WRITE);
  uint8_t *copy = area + PAGE + (pages - from.size); /* ends at the unmapped page */
  memcpy(copy, (const void *)(uintptr_t)from.start, from.size);
  const uint64_t delta = (uint64_t)(uintptr_t)copy - from.start;
  hh_image image = {.header = from.header + delta, .segment_count = 1};
  image.segment[0].start = (uint64_t)(uintptr_t)copy;
  image.segment[0].end = (uint64_t)(uintptr_t)copy + from.size;

  int known = 0, changed = 0;
  for (int i = 0; i < 1000; i++)
    known += HH_RULE_KIND(hh_rule_compile(&image, from.code + delta + next_random((uint32_t)from.code_size))) <=
             HH_RULE_FRAME;
  CHECK("most addresses have a common rule in the sound copy", known > 900);
  for (int i = 0; i < ROUNDS; i++)
    changed += round_near(copy, &from, &image, delta);
  CHECK("damage near an entry changes rules", changed > ROUNDS / 20);
  for (int i = 0; i < ROUNDS; i++)
    round_of(copy, &from, &image, delta, 0);
  for (int i = 0, header_changed = 0; i < 300; i++) {
    header_changed += round_of(copy, &from, &image, delta, 1);
    if (i == 299)
      CHECK("damage in the header changes rules", header_changed > 100);
  }
  return hh_check_end();
}
