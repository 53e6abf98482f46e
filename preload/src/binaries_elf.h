#ifndef HH_BINARIES_ELF_H
#define HH_BINARIES_ELF_H
#include <stddef.h>
#include <stdint.h>

/* Does the ELF file (32 or 64 bit, in this machine's byte order) carry that build id? 1, 0, or -errno. */
int hh_elf_has_build_id(int fd, const uint8_t *build_id, size_t size);
#endif
