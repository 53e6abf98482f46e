/* Files and descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdint.h>

#include "descriptors.h"
#include "sys.h"
#include "syscall.h"

enum {
  FILE_TYPE = 0170000,
  REGULAR = 0100000,
  MAY_EXECUTE = 1
}; /* as in sys/stat.h, which clashes with linux/stat.h */

static int open_file(const char *path, int flags) {
  long fd;
  do
    fd = hh_syscall6(SYS_openat, AT_FDCWD, (long)path, flags | O_CLOEXEC, 0600, 0, 0);
  while (fd == -EINTR);
  return (int)fd;
}

/* Read at once and closed again: only not one of 0 to 2, which others may be writing to meanwhile. */
int hh_sys_open_read(const char *path) {
  int fd = open_file(path, O_RDONLY);
  return fd > 2 ? fd : hh_sys_out_of_the_way(fd);
}

#ifdef SYS_geteuid32 /* the other one has 16 bits */
enum { GETEUID = SYS_geteuid32 };
#else
enum { GETEUID = SYS_geteuid };
#endif

/* Where others may put something else in its place: a pipe that blocks, a link, a file of theirs. */
int hh_sys_open_own(const char *path) {
  struct statx is;
  int fd = open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return fd;
  const uint32_t user = (uint32_t)hh_syscall3(GETEUID, 0, 0, 0);
  if (hh_syscall6(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_TYPE | STATX_UID, (long)&is, 0) == 0 &&
      (is.stx_mode & FILE_TYPE) == REGULAR && is.stx_uid == user)
    return hh_sys_out_of_the_way(fd);
  hh_sys_close(fd);
  return -EPERM;
}

int hh_sys_open_write(const char *path) {
  return hh_sys_out_of_the_way(open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
}

int hh_sys_open_append(const char *path) {
  return hh_sys_out_of_the_way(open_file(path, O_WRONLY | O_APPEND));
}

int hh_sys_rename(const char *from, const char *to) {
  return (int)hh_syscall6(SYS_renameat2, AT_FDCWD, (long)from, AT_FDCWD, (long)to, 0, 0);
}

long hh_sys_read(int fd, void *out, size_t bytes) {
  long got;
  do
    got = hh_syscall3(SYS_read, fd, (long)out, (long)bytes);
  while (got == -EINTR);
  return got;
}

long hh_sys_pread(int fd, void *out, size_t bytes, uint64_t offset) {
  long got;
  do
#if __SIZEOF_LONG__ == 8
    got = hh_syscall6(SYS_pread64, fd, (long)out, (long)bytes, (long)offset, 0, 0);
#else /* two registers, the first of them even */
    got = hh_syscall6(SYS_pread64, fd, (long)out, (long)bytes, 0, (long)offset, (long)(offset >> 32));
#endif
  while (got == -EINTR);
  return got;
}

long hh_sys_write_all(int fd, const void *data, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    long put = hh_syscall3(SYS_write, fd, (long)((const char *)data + done), (long)(bytes - done));
    if (put == -EINTR)
      continue;
    if (put <= 0)
      return put ? put : -EIO;
    done += (size_t)put;
  }
  return (long)done;
}

int hh_sys_close(int fd) {
  return (int)hh_syscall3(SYS_close, fd, 0, 0);
}

int hh_sys_executable(const char *path) {
  struct statx is;
  return hh_syscall6(SYS_statx, AT_FDCWD, (long)path, 0, STATX_TYPE, (long)&is, 0) == 0 &&
         (is.stx_mode & FILE_TYPE) == REGULAR && hh_syscall3(SYS_faccessat, AT_FDCWD, (long)path, MAY_EXECUTE) == 0;
}

int hh_sys_file_size(int fd, uint64_t *size) {
  struct statx is;
  long status = hh_syscall6(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_SIZE, (long)&is, 0);
  if (status == 0)
    *size = is.stx_size;
  return (int)status;
}

long hh_sys_readlink(const char *path, char *out, size_t bytes) {
  long length = hh_syscall6(SYS_readlinkat, AT_FDCWD, (long)path, (long)out, (long)bytes - 1, 0, 0);
  if (length >= 0)
    out[length] = 0;
  return length;
}
