#include "elf_symbols.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>

#include "sys/sys.h"
#include "sys/syscall.h"

enum { MOST_FILE_GIBIBYTES = 4 };

/* ---- the executable's file */

typedef struct file {
  const uint8_t *data;
  uint64_t size;
} file;

static bool map_file(const char *path, file *out) {
  int fd = hh_sys_open_read(path);
  if (fd < 0)
    return false;
  long at = -1;
  if (hh_sys_file_size(fd, &out->size) == 0 && out->size >= sizeof(ElfW(Ehdr)) &&
      out->size < (uint64_t)MOST_FILE_GIBIBYTES << 30)
    at = hh_syscall6(SYS_mmap, 0, (long)out->size, PROT_READ, MAP_PRIVATE, fd, 0);
  hh_sys_close(fd);
  out->data = (const uint8_t *)at;
  return at > 0 || at < -4096;
}

static const void *part(const file *in, uint64_t offset, uint64_t size) {
  return offset <= in->size && size <= in->size - offset ? in->data + offset : NULL;
}

/* Of a table: one that does not lie as the processor wants it is no table. */
static const void *aligned_part(const file *in, uint64_t offset, uint64_t size) {
  const void *is = part(in, offset, size);
  return (uintptr_t)is % sizeof(ElfW(Addr)) == 0 ? is : NULL;
}

static const ElfW(Shdr) * section(const file *in, const ElfW(Ehdr) * header, uint32_t number) {
  if (number >= header->e_shnum || header->e_shentsize != sizeof(ElfW(Shdr)))
    return NULL;
  return aligned_part(in, header->e_shoff + (uint64_t)number * sizeof(ElfW(Shdr)), sizeof(ElfW(Shdr)));
}

static const ElfW(Shdr) * section_of_type(const file *in, const ElfW(Ehdr) * header, uint32_t type) {
  for (uint32_t i = 0; i < header->e_shnum; i++) {
    const ElfW(Shdr) *is = section(in, header, i);
    if (is && is->sh_type == type)
      return is;
  }
  return NULL;
}

static bool is_function(const ElfW(Sym) * symbol) {
  return (symbol->st_info & 15) == STT_FUNC && symbol->st_shndx != SHN_UNDEF && symbol->st_value;
}

static bool visit_table(const file *in, const ElfW(Shdr) * table, const ElfW(Shdr) * text, uint64_t load_bias,
                        hh_symbol_visit *visit, void *context) {
  const ElfW(Sym) *symbols = aligned_part(in, table->sh_offset, table->sh_size);
  const char *names = text ? part(in, text->sh_offset, text->sh_size) : NULL;
  if (!symbols || !names || !text->sh_size || names[text->sh_size - 1])
    return false;
  for (uint64_t i = 0; i < table->sh_size / sizeof *symbols; i++)
    if (is_function(&symbols[i]) && symbols[i].st_name < text->sh_size)
      visit(context, names + symbols[i].st_name, load_bias + symbols[i].st_value, symbols[i].st_size);
  return true;
}

bool hh_elf_symbols(const void *data, uint64_t size, uint64_t load_bias, hh_symbol_visit *visit, void *context) {
  const file in = {data, size};
  const ElfW(Ehdr) *header = part(&in, 0, sizeof *header);
  if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
    return false;
  const ElfW(Shdr) *table = section_of_type(&in, header, SHT_SYMTAB);
  if (!table)
    table = section_of_type(&in, header, SHT_DYNSYM);
  return table && visit_table(&in, table, section(&in, header, table->sh_link), load_bias, visit, context);
}

bool hh_file_symbols(const char *path, uint64_t load_bias, hh_symbol_visit *visit, void *context) {
  file in;
  if (!map_file(path, &in))
    return false;
  bool found = hh_elf_symbols(in.data, in.size, load_bias, visit, context);
  hh_syscall3(SYS_munmap, (long)in.data, (long)in.size, 0);
  return found;
}

/* ---- what a loaded object exports */

typedef struct exports {
  const ElfW(Sym) * symbols;
  const char *names;
  const uint32_t *hash; /* DT_GNU_HASH */
} exports;

/* glibc puts run-time addresses into the dynamic section, musl leaves those of the file; some objects keep the latter.
 */
static uint64_t run_time(uint64_t base, uint64_t address) {
  return address < base ? base + address : address;
}

static bool find_exports(const struct dl_phdr_info *object, exports *out) {
  *out = (exports){NULL, NULL, NULL};
  for (int i = 0; i < object->dlpi_phnum; i++) {
    if (object->dlpi_phdr[i].p_type != PT_DYNAMIC)
      continue;
    const ElfW(Dyn) *dynamic = (const void *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
      const void *at = (const void *)(uintptr_t)run_time(object->dlpi_addr, dynamic->d_un.d_ptr);
      if (dynamic->d_tag == DT_SYMTAB)
        out->symbols = at;
      if (dynamic->d_tag == DT_STRTAB)
        out->names = at;
      if (dynamic->d_tag == DT_GNU_HASH)
        out->hash = at;
    }
  }
  return out->symbols && out->names && out->hash;
}

static uint32_t gnu_hash(const char *name) {
  uint32_t hash = 5381;
  for (; *name; name++)
    hash = hash * 33 + (uint8_t)*name;
  return hash;
}

uint64_t hh_exported_symbol(const struct dl_phdr_info *object, const char *name, uint64_t *size) {
  exports in;
  if (!find_exports(object, &in))
    return 0;
  uint32_t buckets = in.hash[0], first = in.hash[1], bloom_words = in.hash[2], hash = gnu_hash(name);
  const uint32_t *bucket = in.hash + 4 + bloom_words * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
  const uint32_t *chain = bucket + buckets;
  uint32_t number = buckets ? bucket[hash % buckets] : 0;
  if (number < first)
    return 0;
  for (;; number++) {
    uint32_t is = chain[number - first];
    const ElfW(Sym) *symbol = &in.symbols[number];
    if ((is | 1) == (hash | 1) && strcmp(in.names + symbol->st_name, name) == 0 && is_function(symbol)) {
      if (size)
        *size = symbol->st_size;
      return object->dlpi_addr + symbol->st_value;
    }
    if (is & 1)
      return 0;
  }
}
