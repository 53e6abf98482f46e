/* Files that are shared with other processes: the spool. Return 0 or a value, or -errno; errno is never touched. */
#ifndef HH_SYS_FILES_H
#define HH_SYS_FILES_H
#include <stddef.h>
#include <stdint.h>

typedef struct hh_sys_part {
  const void *data;
  size_t bytes;
} hh_sys_part;

typedef struct hh_sys_extent {
  uint64_t bytes;  /* where the file ends */
  uint64_t stored; /* what of it is on the disk: a file may have holes */
  uint32_t links;  /* names; 0 after it was removed */
} hh_sys_extent;

int hh_sys_open_directory(const char *path);
int hh_sys_create(const char *path);        /* must not be there yet; 0600, read and write */
int hh_sys_open_existing(const char *path); /* read and write, never through a symbolic link */
int hh_sys_lock(int fd);                    /* flock, for us alone: 0, or -EWOULDBLOCK while somebody else has it */
int hh_sys_unlink(const char *path);
int hh_sys_set_size(int fd, uint64_t bytes);
int hh_sys_measure(int fd, hh_sys_extent *out);
/* All parts one behind the other at `offset`, or -errno. They are changed. */
int hh_sys_put(int fd, hh_sys_part *parts, unsigned count, uint64_t offset);
/* Begins to write what is dirty to the disk, without waiting where the kernel can do so. */
void hh_sys_begin_writing(int fd, uint64_t offset, uint64_t bytes);
/* The next names in a directory, as linux_dirent64 records: bytes, 0 at the end, or -errno. */
long hh_sys_list(int fd, void *out, size_t bytes);
#endif
