/* Rules read from machine code against those of .eh_frame, at every call of the C library. */
#include "check.h"
#include "unwind/code.h"
#include "unwind/compile.h"
#include "unwind/eh_frame.h"
#include "unwind/instruction_amd64.h"
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct library {
  hh_image image;
  uint64_t code, code_size;
} library;

static int find_libc(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  library *into = data;
  if (!strstr(info->dlpi_name, "libc.so"))
    return 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *h = &info->dlpi_phdr[i];
    uint64_t start = info->dlpi_addr + h->p_vaddr;
    if (h->p_type == PT_GNU_EH_FRAME)
      into->image.header = start;
    if (h->p_type != PT_LOAD || !(h->p_flags & PF_R) || into->image.segment_count == HH_IMAGE_SEGMENTS)
      continue;
    into->image.segment[into->image.segment_count].start = start;
    into->image.segment[into->image.segment_count++].end = start + h->p_memsz;
    if (h->p_flags & PF_X) {
      into->code = start;
      into->code_size = h->p_memsz;
    }
  }
  return 1;
}

typedef struct tally {
  unsigned calls, equal, different, unknown, undecodable;
} tally;

static void compare(library *libc, uint64_t address, tally *sum) {
  hh_rule by_table = hh_rule_compile(&libc->image, address), by_code;
  if (HH_RULE_KIND(by_table) != HH_RULE_STACK)
    return;
  sum->calls++;
  if (hh_code_rule(&libc->image, address, &by_code))
    sum->unknown++;
  else if (by_code == by_table)
    sum->equal++;
  else
    sum->different++;
}

/* Every instruction of a function in order; the addresses behind its calls are what a walk meets. */
static void scan(library *libc, const hh_fde *fde, tally *sum) {
  hh_reader r = hh_image_reader(&libc->image, fde->start);
  const uint8_t *end = r.at + fde->size;
  while (!r.bad && r.at < end) {
    hh_instruction i;
    if (hh_instruction_read(&r, &i)) {
      sum->undecodable++;
      return;
    }
    if (!i.map && (i.opcode == 0xe8 || (i.opcode == 0xff && (i.modrm >> 3 & 7) == 2)) && r.at < end)
      compare(libc, (uint64_t)(uintptr_t)r.at - 1, sum);
  }
}

int main(void) {
  static library libc;
  tally sum = {0, 0, 0, 0, 0};
  dl_iterate_phdr(find_libc, &libc);
  for (uint64_t at = libc.code; at < libc.code + libc.code_size;) {
    hh_fde fde;
    if (hh_fde_find(&libc.image, at, &fde)) {
      at++;
      continue;
    }
    scan(&libc, &fde, &sum);
    at = fde.start + fde.size;
  }
  hh_rule any;
  unsigned followed = 0;
  for (uint64_t at = libc.code; at < libc.code + libc.code_size; at += 97)
    followed += !hh_code_rule(&libc.image, at, &any);
  CHECK("from any byte, instruction or not, it ends", followed > 0);
  fprintf(stderr, "%u calls: %u equal, %u different, %u not followed; %u functions with unknown instructions\n",
          sum.calls, sum.equal, sum.different, sum.unknown, sum.undecodable);
  CHECK("many calls", sum.calls > 5000);
  /* The others mostly never return, or are in functions with a frame pointer or a jump table. */
  CHECK("most can be followed", sum.equal > sum.calls / 10 * 7);
  CHECK("hardly any is wrong", sum.different < sum.calls / 1000);
  return hh_check_end();
}
