#include "install.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10, NAME_BYTES = 128, ATTEMPTS = 8 };

/* Another copier that cleans up may have come between the file's making and its lock: it is gone then, or soon. */
static int is_taken(int fd) {
  struct stat facts;
  if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
    return 1;
  return !fstat(fd, &facts) && facts.st_nlink == 0;
}

/* Temporary files are called .NAME.<16 digits>.part, and are locked while somebody works on them. */
static int create(int directory, const char *name, char *temporary) {
  int fd = -EEXIST;
  for (int attempt = 0; fd == -EEXIST && attempt < ATTEMPTS; attempt++) {
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
      number = (uint64_t)getpid() << 32 | (uint64_t)attempt;
    snprintf(temporary, NAME_BYTES, ".%s.%016llx.part", name, (unsigned long long)number);
    fd = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0755);
    if (fd < 0) {
      fd = -errno;
    } else if (is_taken(fd)) {
      close(fd);
      fd = -EEXIST;
    }
  }
  return fd;
}

static int write_all(int fd, const char *bytes, size_t size) {
  while (size) {
    ssize_t put = write(fd, bytes, size);
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return put ? -errno : -EIO;
    bytes += put;
    size -= (size_t)put;
  }
  return 0;
}

static int copy(int to, const hh_content *content) {
  static char chunk[CHUNK_BYTES];
  if (content->fd < 0)
    return write_all(to, content->bytes, content->size);
  for (uint64_t at = 0; at < content->size;) {
    ssize_t got = pread(content->fd, chunk, sizeof chunk, (off_t)at);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return got ? -errno : -EIO;
    int status = write_all(to, chunk, (size_t)got);
    if (status)
      return status;
    at += (uint64_t)got;
  }
  return 0;
}

static int finish(int fd, const hh_content *content) {
  int status = copy(fd, content);
  if (!status && fchmod(fd, 0755)) /* the umask may have taken rights away */
    status = -errno;
  if (!status && fsync(fd))
    status = -errno;
  return status;
}

int hh_install(const char *directory, const char *name, const hh_content *content) {
  char temporary[NAME_BYTES];
  int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return -errno;
  int fd = create(folder, name, temporary), status = fd < 0 ? fd : finish(fd, content);
  if (!status && renameat(folder, temporary, folder, name))
    status = -errno;
  if (fd >= 0 && status)
    unlinkat(folder, temporary, 0);
  if (fd >= 0)
    close(fd);
  if (!status)
    fsync(folder); /* some file systems refuse; the name then is on disk when they like */
  close(folder);
  return status;
}

static int is_temporary(const char *file, const char *name) {
  size_t length = strlen(name);
  return file[0] == '.' && !strncmp(file + 1, name, length) && file[length + 1] == '.' &&
         strlen(file) == length + 2 + 16 + strlen(".part") && !strcmp(file + length + 2 + 16, ".part");
}

void hh_install_clean(const char *directory, const char *name) {
  DIR *entries = opendir(directory);
  if (!entries)
    return;
  int folder = dirfd(entries);
  for (struct dirent *entry; (entry = readdir(entries));) {
    if (!is_temporary(entry->d_name, name))
      continue;
    int fd = openat(folder, entry->d_name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB))
      unlinkat(folder, entry->d_name, 0);
    if (fd >= 0)
      close(fd);
  }
  closedir(entries);
}
