/* No spool file: everything stays in memory. */
#include "spool_file.h"

#include <errno.h>

bool hh_spool_file_active(void) {
  return false;
}

bool hh_spool_file_has_room(size_t message_bytes) {
  (void)message_bytes;
  return false;
}

int hh_spool_file_create(const char *directory, uint64_t process, uint64_t bytes, uint64_t first) {
  (void)directory, (void)process, (void)bytes, (void)first;
  return -ENOSYS;
}

int hh_spool_file_put(uint64_t sequence, const uint8_t *message, size_t bytes, uint64_t *offset) {
  (void)sequence, (void)message, (void)bytes, (void)offset;
  return -ENOSYS;
}

int hh_spool_file_read(uint64_t offset, uint64_t sequence, void *out, size_t bytes) {
  (void)offset, (void)sequence, (void)out, (void)bytes;
  return -EIO;
}

int hh_spool_file_define(const uint8_t *prefix, size_t prefix_bytes, const uint8_t *rest, size_t rest_bytes) {
  (void)prefix, (void)prefix_bytes, (void)rest, (void)rest_bytes;
  return -ENOSYS;
}

void hh_spool_file_fail(void) {}

void hh_spool_file_release(uint64_t sequence, uint64_t offset) {
  (void)sequence, (void)offset;
}

void hh_spool_file_remove(void) {}

void hh_spool_file_forget(void) {}
