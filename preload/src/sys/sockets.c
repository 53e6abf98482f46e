#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "descriptors.h"
#include "sys.h"
#include "syscall.h"

int hh_sys_socket(int family, int type) {
  long fd = hh_syscall3(SYS_socket, family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return hh_sys_out_of_the_way(fd);
}

int hh_sys_connect(int fd, const void *address, size_t size) {
  return (int)hh_syscall3(SYS_connect, fd, (long)address, (long)size);
}

int hh_sys_connect_result(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  long status = hh_syscall6(SYS_getsockopt, fd, SOL_SOCKET, SO_ERROR, (long)&error, (long)&size, 0);
  return status < 0 ? (int)status : -error;
}

long hh_sys_send(int fd, const void *data, size_t bytes) {
  return hh_syscall6(SYS_sendto, fd, (long)data, (long)bytes, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0);
}

long hh_sys_receive(int fd, void *out, size_t bytes) {
  return hh_syscall6(SYS_recvfrom, fd, (long)out, (long)bytes, MSG_DONTWAIT, 0, 0);
}

int hh_sys_send_small_packets(int fd) {
  int on = 1;
  return (int)hh_syscall6(SYS_setsockopt, fd, IPPROTO_TCP, TCP_NODELAY, (long)&on, sizeof on, 0);
}

/* statx, because its layout is the same on every architecture and in every libc. */
int hh_sys_identify(int fd, hh_sys_identity *out) {
  struct statx status;
  *out = (hh_sys_identity){0};
  long result = hh_syscall6(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_INO, (long)&status, 0);
  if (result == -EBADF)
    return -EBADF;
  if (result < 0)
    return 0; /* an old kernel, or a filter of system calls */
  out->device = (uint64_t)status.stx_dev_major << 32 | status.stx_dev_minor;
  out->inode = status.stx_ino;
  return 0;
}

int hh_sys_poll(struct pollfd *descriptors, unsigned count, int timeout_ms) {
  long timeout[2] = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L}; /* the kernel's timespec, not libc's */
  return (int)hh_syscall6(SYS_ppoll, (long)descriptors, count, timeout_ms < 0 ? 0 : (long)timeout, 0, 0, 0);
}
