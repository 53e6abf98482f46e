#include "library.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10, SIZE_MAX_BYTES = 64 << 20 };
static const char version_mark[] = "HEAPHOUND_VERSION=";

/* The header of this very program: what it was built for runs here. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static int read_at(int fd, void *out, size_t bytes, uint64_t offset) {
  size_t done = 0;
  while (done < bytes) {
    ssize_t got = pread(fd, (char *)out + done, bytes - done, (off_t)(offset + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return -1;
    done += (size_t)got;
  }
  return 0;
}

/* The section headers come last in a file, so a file that ends before them was cut off. */
static enum hh_library_state check_header(const hh_library *library) {
  ElfW(Ehdr) header;
  if (read_at(library->fd, &header, sizeof header, 0) || memcmp(header.e_ident, ELFMAG, SELFMAG))
    return HH_LIBRARY_DAMAGED;
  if (memcmp(header.e_ident, __ehdr_start.e_ident, EI_VERSION) || header.e_machine != __ehdr_start.e_machine)
    return HH_LIBRARY_FOREIGN;
  uint64_t end = (uint64_t)header.e_shoff + (uint64_t)header.e_shnum * header.e_shentsize;
  return header.e_type == ET_DYN && end <= library->size ? HH_LIBRARY_GOOD : HH_LIBRARY_DAMAGED;
}

static void take_version(hh_library *library, const char *text, size_t left) {
  size_t length = 0;
  while (length < left && length < sizeof library->version - 1 && strchr("0123456789.", text[length]) && text[length])
    length++;
  memcpy(library->version, text, length);
  library->version[length] = 0;
}

static enum hh_library_state find_version(hh_library *library) {
  static char chunk[CHUNK_BYTES];
  enum { MARK = sizeof version_mark - 1, OVERLAP = MARK + HH_VERSION_BYTES };
  for (uint64_t at = 0; at < library->size; at += CHUNK_BYTES - OVERLAP) {
    size_t bytes = library->size - at < CHUNK_BYTES ? (size_t)(library->size - at) : CHUNK_BYTES;
    if (read_at(library->fd, chunk, bytes, at))
      return HH_LIBRARY_UNREADABLE;
    const char *found = memmem(chunk, bytes, version_mark, MARK);
    if (found) {
      take_version(library, found + MARK, bytes - (size_t)(found + MARK - chunk));
      return HH_LIBRARY_GOOD;
    }
  }
  return HH_LIBRARY_GOOD;
}

static enum hh_library_state check(hh_library *library) {
  struct stat status;
  if (fstat(library->fd, &status))
    return HH_LIBRARY_UNREADABLE;
  if (!S_ISREG(status.st_mode) || status.st_size > SIZE_MAX_BYTES)
    return HH_LIBRARY_DAMAGED;
  library->size = (uint64_t)status.st_size;
  enum hh_library_state state = check_header(library);
  return state == HH_LIBRARY_GOOD ? find_version(library) : state;
}

enum hh_library_state hh_library_open(hh_library *library, const char *path) {
  *library = (hh_library){.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (library->fd < 0)
    return HH_LIBRARY_UNREADABLE;
  enum hh_library_state state = check(library);
  int kept = errno;
  if (state != HH_LIBRARY_GOOD)
    hh_library_close(library);
  errno = kept;
  return state;
}

void hh_library_close(hh_library *library) {
  if (library->fd >= 0)
    close(library->fd);
  library->fd = -1;
}

int hh_library_equal(const hh_library *a, const hh_library *b) {
  static char one[CHUNK_BYTES], other[CHUNK_BYTES];
  if (a->size != b->size)
    return 0;
  for (uint64_t at = 0; at < a->size; at += CHUNK_BYTES) {
    size_t bytes = a->size - at < CHUNK_BYTES ? (size_t)(a->size - at) : CHUNK_BYTES;
    if (read_at(a->fd, one, bytes, at) || read_at(b->fd, other, bytes, at) || memcmp(one, other, bytes))
      return 0;
  }
  return 1;
}

int hh_version_compare(const char *a, const char *b) {
  while (*a || *b) {
    char *after_a, *after_b;
    unsigned long one = strtoul(a, &after_a, 10), other = strtoul(b, &after_b, 10);
    if (one != other)
      return one < other ? -1 : 1;
    a = *after_a == '.' ? after_a + 1 : "";
    b = *after_b == '.' ? after_b + 1 : "";
  }
  return 0;
}
