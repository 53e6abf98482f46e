#include "section.h"
#include "../sys/sys.h"
#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <string.h>

enum { SECTIONS_MAX = 4096 };

static int read_at(int fd, void *out, size_t bytes, uint64_t offset) {
  return hh_sys_pread(fd, out, bytes, offset) == (long)bytes ? 0 : -1;
}

static int is_eh_frame(int fd, const ElfW(Shdr) * names, const ElfW(Shdr) * section) {
  static const char wanted[] = ".eh_frame";
  char name[sizeof wanted];
  if (!(section->sh_flags & SHF_ALLOC) || section->sh_type == SHT_NOBITS)
    return 0;
  if (names->sh_size < sizeof wanted || section->sh_name > names->sh_size - sizeof wanted)
    return 0;
  return !read_at(fd, name, sizeof name, names->sh_offset + section->sh_name) && !memcmp(name, wanted, sizeof wanted);
}

void hh_section_find_eh_frame(int fd, hh_loaded *loaded) {
  ElfW(Ehdr) file;
  ElfW(Shdr) names, section;
  if (read_at(fd, &file, sizeof file, 0) || memcmp(file.e_ident, ELFMAG, SELFMAG) ||
      file.e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32))
    return;
  if (file.e_shentsize != sizeof section || file.e_shnum > SECTIONS_MAX || file.e_shstrndx >= file.e_shnum)
    return;
  if (read_at(fd, &names, sizeof names, file.e_shoff + (uint64_t)file.e_shstrndx * sizeof names))
    return;
  for (unsigned i = 0; i < file.e_shnum; i++) {
    if (read_at(fd, &section, sizeof section, file.e_shoff + (uint64_t)i * sizeof section))
      return;
    if (!is_eh_frame(fd, &names, &section))
      continue;
    uint64_t address = loaded->module.load_bias + section.sh_addr;
    hh_reader r = hh_image_reader(&loaded->image, address);
    if (!r.bad)
      loaded->image.eh_frame = address;
    return;
  }
}
