/* ELF files of any content: symbols of an executable, build id of a binary that shall be sent. */
#include "binaries_elf.h"
#include "elf_symbols.h"
#include "fuzz.h"

static uint64_t sum;

static void visit(void *context, const char *name, uint64_t address, uint64_t size) {
  (void)context;
  sum += strlen(name) + address + size; /* reads all of the name */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint8_t build_id[20] = "01234567890123456789";
  /* A copy that ends where it ends, for the sanitizer. */
  uint8_t *copy = malloc(size ? size : 1);
  memcpy(copy, data, size);
  hh_elf_symbols(copy, size, 0x1000, visit, NULL);
  free(copy);
  int has = hh_elf_has_build_id(hh_fuzz_file(data, size), build_id, sizeof build_id);
  HH_MUST(has <= 1);
  return 0;
}
