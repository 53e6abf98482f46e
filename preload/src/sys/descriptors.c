#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>

#include "sys.h"
#include "syscall.h"

enum { LOWEST = 64, MESSAGES = 2 };

int hh_sys_own_descriptors(bool keep_messages) {
  /* Unsharing and closing in one call: at no time does a copy of the table keep the other end of a pipe open. */
  long first = keep_messages ? MESSAGES + 1 : 0;
  long status = hh_syscall3(SYS_close_range, first, UINT_MAX, CLOSE_RANGE_UNSHARE);
  if (status == 0 && keep_messages)
    hh_syscall3(SYS_close_range, 0, MESSAGES - 1, 0);
  return (int)status;
}

int hh_sys_out_of_the_way(long fd) {
  if (fd < 0 || fd >= LOWEST)
    return (int)fd;
  long moved = hh_syscall3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, LOWEST);
  if (moved < 0 && fd > MESSAGES)
    return (int)fd;
  if (moved < 0) /* the limit is lower than that */
    moved = hh_syscall3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, MESSAGES + 1);
  hh_sys_close((int)fd);
  return (int)moved;
}
