#include "leftover.h"

#include <errno.h>
#include <string.h>

#include "process.h"
#include "recording.h"
#include "spool.h"
#include "sys/sys.h"
#include "transport/transport.h"

enum { MAX_PATH = 4096, KEY_DIGITS = 16, LONGEST_SUFFIX = 9 };

static int put_definitions(int fd) {
  const uint8_t *message;
  size_t size = hh_message_hello(&message); /* next_sequence: the first block that follows here */
  int status = hh_recording_put(fd, message, size);
  for (uint32_t part = 0; status == 0 && (size = hh_message_dictionary(part, &message)) != 0; part++)
    status = hh_recording_put(fd, message, size);
  return status;
}

static int put_everything(int fd) {
  const hh_spool_item *item;
  int status = hh_recording_begin(fd);
  if (status == 0)
    status = put_definitions(fd);
  for (uint64_t after = hh_spool_acked(); status == 0 && (item = hh_spool_next(after)); after = item->sequence)
    status = hh_recording_put(fd, item->message, item->size);
  const uint8_t *goodbye;
  if (status)
    return status;
  size_t size = hh_message_goodbye(&goodbye);
  return hh_recording_put(fd, goodbye, size);
}

/* DIR/KEY, without a suffix. The length, or -ENAMETOOLONG. */
static int name(char *path, const char *directory) {
  size_t length = strlen(directory);
  if (length + 1 + KEY_DIGITS + LONGEST_SUFFIX > MAX_PATH)
    return -ENAMETOOLONG;
  memcpy(path, directory, length);
  path[length++] = '/';
  for (int shift = 60; shift >= 0; shift -= 4)
    path[length++] = "0123456789abcdef"[hh_identity.key >> shift & 15];
  return (int)length;
}

int hh_leftover_write(const char *directory) {
  static char partial[MAX_PATH], whole[MAX_PATH];
  int length = name(partial, directory);
  if (length < 0)
    return length;
  memcpy(whole, partial, (size_t)length);
  memcpy(partial + length, ".partial", sizeof ".partial");
  memcpy(whole + length, ".hh", sizeof ".hh");
  int fd = hh_sys_open_write(partial);
  if (fd < 0)
    return fd;
  int status = put_everything(fd);
  hh_sys_close(fd);
  return status ? status : hh_sys_rename(partial, whole);
}
