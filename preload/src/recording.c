#include "recording.h"

#include "sys/sys.h"

enum { FRAME_BYTES = 5 };

static int put(int fd, const void *data, size_t bytes) {
  long status = hh_sys_write_all(fd, data, bytes);
  return status < 0 ? (int)status : 0;
}

int hh_recording_begin(int fd) {
  return put(fd, "HEAPHND1", 8);
}

int hh_recording_put(int fd, const uint8_t *message, size_t size) {
  const uint8_t frame[FRAME_BYTES] = {0, (uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                                      (uint8_t)size};
  int status = put(fd, frame, sizeof frame);
  return status ? status : put(fd, message, size);
}
