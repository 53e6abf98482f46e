#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

int hh_fuzz_file(const uint8_t *data, size_t size) {
  static int file = -1;
  if (file < 0)
    file = memfd_create("fuzz", MFD_CLOEXEC);
  HH_MUST(file >= 0 && ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
  return file;
}
