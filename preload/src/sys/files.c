#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <sys/file.h>

#include "sys.h"
#include "syscall.h"

enum { LOWEST_DESCRIPTOR = 64, DISK_BLOCK = 512 };

/* As for sockets: out of the way of programs that close or replace low descriptors. */
static int open_high(const char *path, int flags) {
  long fd = hh_syscall6(SYS_openat, AT_FDCWD, (long)path, flags | O_CLOEXEC, 0600, 0, 0);
  if (fd < 0)
    return (int)fd;
  long moved = hh_syscall3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, LOWEST_DESCRIPTOR);
  if (moved < 0)
    moved = hh_syscall3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3);
  hh_sys_close((int)fd);
  return (int)moved;
}

int hh_sys_open_directory(const char *path) {
  return open_high(path, O_RDONLY | O_DIRECTORY);
}

int hh_sys_create(const char *path) {
  return open_high(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
}

int hh_sys_open_existing(const char *path) {
  return open_high(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
}

int hh_sys_lock(int fd) {
  return (int)hh_syscall3(SYS_flock, fd, LOCK_EX | LOCK_NB, 0);
}

int hh_sys_unlink(const char *path) {
  return (int)hh_syscall3(SYS_unlinkat, AT_FDCWD, (long)path, 0);
}

int hh_sys_set_size(int fd, uint64_t bytes) {
#if __SIZEOF_LONG__ == 8
  return (int)hh_syscall3(SYS_ftruncate, fd, (long)bytes, 0);
#else /* two registers, the first of them even */
  return (int)hh_syscall6(SYS_ftruncate64, fd, 0, (long)bytes, (long)(bytes >> 32), 0, 0);
#endif
}

int hh_sys_measure(int fd, hh_sys_extent *out) {
  struct statx is;
  unsigned wanted = STATX_SIZE | STATX_BLOCKS | STATX_NLINK | STATX_TYPE;
  long status = hh_syscall6(SYS_statx, fd, (long)"", AT_EMPTY_PATH, wanted, (long)&is, 0);
  if (status < 0)
    return (int)status;
  if ((is.stx_mode & S_IFMT) != S_IFREG)
    return -EINVAL;
  *out = (hh_sys_extent){.bytes = is.stx_size, .stored = is.stx_blocks * DISK_BLOCK, .links = is.stx_nlink};
  return 0;
}

int hh_sys_put(int fd, hh_sys_part *parts, unsigned count, uint64_t offset) {
  while (count) {
    /* The offset as two words: so it is on every architecture. */
    long put = hh_syscall6(SYS_pwritev, fd, (long)parts, count, (long)offset, (long)(offset >> 32), 0);
    if (put == -EINTR)
      continue;
    if (put <= 0)
      return put ? (int)put : -ENOSPC;
    offset += (uint64_t)put;
    for (; count && (size_t)put >= parts->bytes; parts++, count--)
      put -= (long)parts->bytes;
    if (count) {
      parts->data = (const uint8_t *)parts->data + put;
      parts->bytes -= (size_t)put;
    }
  }
  return 0;
}

void hh_sys_begin_writing(int fd, uint64_t offset, uint64_t bytes) {
#if defined(SYS_sync_file_range) && __SIZEOF_LONG__ == 8
  enum { WRITE = 2 }; /* SYNC_FILE_RANGE_WRITE */
  hh_syscall6(SYS_sync_file_range, fd, (long)offset, (long)bytes, WRITE, 0, 0);
#else
  (void)fd, (void)offset, (void)bytes;
#endif
}

long hh_sys_list(int fd, void *out, size_t bytes) {
  return hh_syscall3(SYS_getdents64, fd, (long)out, (long)bytes);
}
