#include "exec_check.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "sys/sys.h"

extern char **environ;

enum { PATH_BYTES = 1024 };

/* What the kernel starts: ELF files and scripts with an interpreter. Anything else is for the caller to interpret. */
bool hh_exec_check_descriptor(int fd) {
  char head[4];
  return hh_sys_pread(fd, head, sizeof head, 0) == (long)sizeof head &&
         (memcmp(head, "\177ELF", sizeof head) == 0 || memcmp(head, "#!", 2) == 0);
}

static bool is_startable(const char *path) {
  if (!hh_sys_executable(path))
    return false;
  int fd = hh_sys_open_read(path);
  if (fd < 0)
    return true; /* it may be executed but not read */
  bool starts = hh_exec_check_descriptor(fd);
  hh_sys_close(fd);
  return starts;
}

static const char *search_path(void) {
  for (char **entry = environ; entry && *entry; entry++)
    if (strncmp(*entry, "PATH=", 5) == 0)
      return *entry + 5;
  return "/bin:/usr/bin"; /* what both libcs look through then, or nearly so */
}

bool hh_exec_check(const char *file, bool search) {
  if (!search || strchr(file, '/'))
    return is_startable(file);
  char path[PATH_BYTES];
  size_t name = strlen(file);
  for (const char *at = search_path(); at;) {
    const char *end = strchr(at, ':');
    size_t length = end ? (size_t)(end - at) : strlen(at);
    if (length + name + 2 <= sizeof path) {
      memcpy(path, at, length);
      path[length] = '/';
      memcpy(path + length + !!length, file, name + 1); /* an empty entry is the current directory */
      if (is_startable(path))
        return true;
    }
    at = end ? end + 1 : NULL;
  }
  return false;
}
