/* HEAPHOUND_OUTPUT: the stream as a file (docs/wire.md, "Files"). Written is acknowledged.
 *
 * Programs close descriptors that they did not open (daemons close all of them), and then ours may be a file of theirs:
 * before each burst of writing it is compared with what it was, and if it changed the recording is opened again. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../log.h"
#include "../recording.h"
#include "../spool.h"
#include "../sys/sockets.h"
#include "../sys/sys.h"
#include "transport.h"

enum { MAX_PATH = 4096 };

static char path[MAX_PATH]; /* absolute: programs change their directory */
static int fd = -1;
static hh_sys_identity identity;
static int failed; /* -errno of the write that failed; nothing is written after it */

/* The absolute path; %p becomes the process id. 0 or -errno. */
static int expand(const char *pattern) {
  size_t length = 0;
  if (pattern[0] != '/') {
    long directory = hh_sys_readlink("/proc/self/cwd", path, MAX_PATH - 1);
    if (directory < 0)
      return (int)directory;
    length = (size_t)directory;
    path[length++] = '/';
  }
  for (; *pattern; pattern++) {
    char digits[12];
    const char *piece = pattern;
    size_t piece_length = 1;
    if (pattern[0] == '%' && pattern[1] == 'p') {
      char *at = digits + sizeof digits;
      for (int pid = hh_sys_pid(); pid; pid /= 10)
        *--at = (char)('0' + pid % 10);
      piece = at;
      piece_length = (size_t)(digits + sizeof digits - at);
      pattern++;
    }
    if (length + piece_length >= MAX_PATH)
      return -ENAMETOOLONG;
    memcpy(path + length, piece, piece_length);
    length += piece_length;
  }
  path[length] = 0;
  return 0;
}

static bool is_ours(void) {
  hh_sys_identity now;
  return hh_sys_identify(fd, &now) == 0 && now.device == identity.device && now.inode == identity.inode;
}

/* False when there is nothing to write to any more. */
static bool ready(void) {
  if (failed || !path[0])
    return false;
  if (is_ours())
    return true;
  fd = hh_sys_open_append(path);
  if (fd >= 0 && is_ours())
    return true;
  failed = fd < 0 ? fd : -ESTALE;
  hh_log(HH_LOG_ERROR, "the recording %s is gone: error %d", path, -failed);
  return false;
}

static void note(int status) {
  if (!status || failed)
    return;
  failed = status;
  hh_log(HH_LOG_ERROR, "cannot write the recording: error %d; free some space or choose another HEAPHOUND_OUTPUT",
         -failed);
}

static void put_message(const uint8_t *message, size_t size) {
  if (!failed)
    note(hh_recording_put(fd, message, size));
}

static int file_open(const char *target) {
  int status = expand(target);
  if (status == 0)
    status = fd = hh_sys_open_write(path);
  if (status >= 0)
    status = hh_sys_identify(fd, &identity);
  if (status < 0) {
    path[0] = 0;
    hh_log(HH_LOG_ERROR, "cannot create %s: error %d; set HEAPHOUND_OUTPUT to a writable path", target, -status);
    return status;
  }
  const uint8_t *hello;
  size_t size = hh_message_hello(&hello);
  note(hh_recording_begin(fd));
  put_message(hello, size);
  return failed;
}

static void file_pump(void) {
  if (!hh_spool_next(hh_spool_acked()) || !ready())
    return;
  for (const hh_spool_item *item; !failed && (item = hh_spool_next(hh_spool_acked()));) {
    put_message(hh_spool_read(item), item->size);
    if (!failed)
      hh_spool_release(item->sequence);
  }
}

static int file_poll_fd(short *events) {
  *events = 0;
  return -1;
}

static int file_timeout_ms(void) {
  return -1;
}

static int file_drained(void) {
  return failed ? failed : 1;
}

static void file_close(void) {
  file_pump();
  if (!ready())
    return;
  const uint8_t *goodbye;
  size_t size = hh_message_goodbye(&goodbye);
  put_message(goodbye, size);
  hh_sys_close(fd);
  path[0] = 0;
}

static void file_after_fork(void) {
  if (path[0] && is_ours())
    hh_sys_close(fd);
  path[0] = 0;
  failed = 0;
}

const hh_transport hh_transport_file = {
    .name = "file",
    .open = file_open,
    .pump = file_pump,
    .poll_fd = file_poll_fd,
    .timeout_ms = file_timeout_ms,
    .drained = file_drained,
    .close = file_close,
    .after_fork = file_after_fork,
};
