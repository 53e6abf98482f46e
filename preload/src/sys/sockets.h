/* Sockets for the sender thread. Non-blocking, closed on exec, never a SIGPIPE. Return 0 or a value, or -errno; errno
 * is never touched. Data moves by send and recv only: where the table of descriptors is shared (descriptors.h) and the
 * application closes one of ours and opens a file that gets the same number, send fails on it instead of writing into
 * that file. */
#ifndef HH_SOCKETS_H
#define HH_SOCKETS_H
#include <poll.h>
#include <stddef.h>
#include <stdint.h>

/* What a descriptor refers to, to notice when it has become somebody else's. All zero: the kernel would not tell. */
typedef struct hh_sys_identity {
  uint64_t device, inode;
} hh_sys_identity;

int hh_sys_socket(int family, int type);
int hh_sys_connect(int fd, const void *address, size_t size); /* -EINPROGRESS: wait for POLLOUT, then connect_result */
int hh_sys_connect_result(int fd);
long hh_sys_send(int fd, const void *data, size_t bytes);
long hh_sys_receive(int fd, void *out, size_t bytes);
int hh_sys_send_small_packets(int fd); /* TCP_NODELAY */
int hh_sys_identify(int fd, hh_sys_identity *out);
int hh_sys_poll(struct pollfd *descriptors, unsigned count, int timeout_ms);
#endif
