/* Functions that an ELF object defines: of the executable all that its symbol table names, hidden ones too; of a loaded
 * object those that it exports. */
#ifndef HH_ELF_SYMBOLS_H
#define HH_ELF_SYMBOLS_H
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Called for each function with its run-time address and the bytes of its code. */
typedef void hh_symbol_visit(void *context, const char *name, uint64_t address, uint64_t size);

/* From the bytes of a file, none of which is believed. False when it has no symbol table. */
bool hh_elf_symbols(const void *data, uint64_t size, uint64_t load_bias, hh_symbol_visit *visit, void *context);
/* The same from a file; false also when it cannot be read. */
bool hh_file_symbols(const char *path, uint64_t load_bias, hh_symbol_visit *visit, void *context);
/* An exported function of a loaded object; 0 when there is none of this name. `size` may be NULL. */
uint64_t hh_exported_symbol(const struct dl_phdr_info *object, const char *name, uint64_t *size);
#endif
