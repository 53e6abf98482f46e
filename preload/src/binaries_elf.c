#include "binaries_elf.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "sys/sys.h"

/* The file may be anything by now: nothing in it is believed, and these bound what is read of it. */
enum { PROGRAM_HEADERS_MAX = 128, NOTES_MAX = 4096 };

static int read_at(int fd, void *out, size_t bytes, uint64_t offset) {
  long got = hh_sys_pread(fd, out, bytes, offset);
  if (got < 0)
    return (int)got;
  return (size_t)got == bytes ? 0 : -ENOEXEC;
}

static int notes_have(const uint8_t *notes, size_t bytes, const uint8_t *build_id, size_t size) {
  size_t at = 0;
  while (bytes - at >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr note; /* the same in both classes */
    memcpy(&note, notes + at, sizeof note);
    at += sizeof note;
    uint64_t name = ((uint64_t)note.n_namesz + 3) & ~3ull;
    uint64_t content = ((uint64_t)note.n_descsz + 3) & ~3ull;
    if (name > bytes - at || content > bytes - at - name)
      return 0;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(notes + at, "GNU", 4) == 0)
      return note.n_descsz == size && memcmp(notes + at + name, build_id, size) == 0;
    at += name + content;
  }
  return 0;
}

static int segment_has(int fd, uint64_t offset, uint64_t file_size, const uint8_t *build_id, size_t size) {
  uint8_t notes[NOTES_MAX];
  size_t bytes = file_size < NOTES_MAX ? (size_t)file_size : NOTES_MAX;
  if (read_at(fd, notes, bytes, offset))
    return 0;
  return notes_have(notes, bytes, build_id, size);
}

static int search_64(int fd, const uint8_t *build_id, size_t size) {
  Elf64_Ehdr header;
  Elf64_Phdr segment;
  int status = read_at(fd, &header, sizeof header, 0);
  for (unsigned i = 0; !status && i < header.e_phnum && i < PROGRAM_HEADERS_MAX; i++) {
    status = read_at(fd, &segment, sizeof segment, header.e_phoff + i * sizeof segment);
    if (!status && segment.p_type == PT_NOTE && segment_has(fd, segment.p_offset, segment.p_filesz, build_id, size))
      return 1;
  }
  return status;
}

static int search_32(int fd, const uint8_t *build_id, size_t size) {
  Elf32_Ehdr header;
  Elf32_Phdr segment;
  int status = read_at(fd, &header, sizeof header, 0);
  for (unsigned i = 0; !status && i < header.e_phnum && i < PROGRAM_HEADERS_MAX; i++) {
    status = read_at(fd, &segment, sizeof segment, header.e_phoff + i * sizeof segment);
    if (!status && segment.p_type == PT_NOTE && segment_has(fd, segment.p_offset, segment.p_filesz, build_id, size))
      return 1;
  }
  return status;
}

int hh_elf_has_build_id(int fd, const uint8_t *build_id, size_t size) {
  uint8_t ident[EI_NIDENT];
  int status = read_at(fd, ident, sizeof ident, 0);
  if (status)
    return status;
  if (memcmp(ident, ELFMAG, SELFMAG) != 0)
    return -ENOEXEC;
  return ident[EI_CLASS] == ELFCLASS64 ? search_64(fd, build_id, size) : search_32(fd, build_id, size);
}
