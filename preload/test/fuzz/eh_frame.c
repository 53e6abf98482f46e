/* Unwind tables of any content: where the tables begin, which address is asked for, then a segment that ends where
 * memory ends. Rules, rows, expressions and the own index may come out in any way, but nothing outside is read. */
#include <sys/mman.h>

#include "fuzz.h"
#include "unwind/cfi.h"
#include "unwind/compile.h"
#include "unwind/expression.h"

enum { PAGE = 4096, PAGES = 16 };

static int no_memory(void *context, uint64_t address, uint64_t *value) {
  (void)context;
  *value = address * 3;
  return address & 1;
}

static void use(const hh_cfi_row *row) {
  uint64_t registers[HH_REGISTERS] = {0}, cfa = PAGE, out;
  hh_term term;
  if (row->cfa_is_expression) {
    hh_expression_evaluate(row->cfa_expression, registers, NULL, no_memory, NULL, &out);
    hh_expression_fold(row->cfa_expression, 0, 0, &term);
  }
  for (int i = 0; i < HH_REGISTERS; i++)
    if (row->reg[i].how == HH_CFI_AT_EXPRESSION || row->reg[i].how == HH_CFI_IS_EXPRESSION) {
      hh_expression_evaluate(row->reg[i].expression, registers, &cfa, no_memory, NULL, &out);
      hh_expression_fold(row->reg[i].expression, 0, 1, &term);
    }
}

static uint8_t *segment_end(void) {
  static uint8_t *area;
  if (!area) {
    area = mmap(NULL, (PAGES + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    HH_MUST(area != MAP_FAILED && mprotect(area + PAGES * PAGE, PAGE, PROT_NONE) == 0);
  }
  return area + PAGES * PAGE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  hh_fuzz_bytes in = {data, data + size};
  uint64_t choice = hh_fuzz_take(&in, 1), header = hh_fuzz_take(&in, 2);
  int64_t address = (int32_t)hh_fuzz_take(&in, 4);
  size_t bytes = (size_t)(in.end - in.at);
  if (bytes == 0 || bytes > PAGES * PAGE)
    return 0;
  uint8_t *end = segment_end(), *start = end - bytes;
  memcpy(start, in.at, bytes);
  uint64_t tables = (uint64_t)(uintptr_t)start + header % bytes;
  hh_image image = {.header = choice & 1 ? 0 : tables, .eh_frame = choice & 1 ? tables : 0, .segment_count = 1};
  image.segment[0].start = (uint64_t)(uintptr_t)start;
  image.segment[0].end = (uint64_t)(uintptr_t)end;
  hh_cfi_row row;
  for (int i = 0; i < 4; i++) {
    uint64_t pc = (uint64_t)(uintptr_t)start + (uint64_t)(address + i * 16);
    (void)hh_rule_compile(&image, pc);
    if (!hh_cfi_row_at(&image, pc, &row))
      use(&row);
  }
  hh_fde_index_free(&image);
  return 0;
}
