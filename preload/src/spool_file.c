#include "spool_file.h"

#include <errno.h>
#include <string.h>

#include "crc32.h"
#include "log.h"
#include "spool_ring.h"
#include "sys/files.h"
#include "sys/sockets.h"
#include "sys/sys.h"
#include "transport/transport.h"

enum { MAX_PATH = 4096, KEY_DIGITS = 16, LONGEST_SUFFIX = 8, SMALLEST = 1 << 20 };
/* Few pages of the ring are ever dirty while the server keeps up; when it does not, each full MiB is given to the disk.
 */
enum { LITTLE = 1 << 20, WRITE_PART = 1 << 20 };
#define ALIVE_NS ((uint64_t)100 * 1000 * 1000)

static struct {
  int fd; /* -1 = none */
  bool failed;
  hh_sys_identity identity;
  char path[MAX_PATH];
  uint64_t definitions_max;
  hh_spool_ring ring;
  uint64_t written; /* up to here the disk has been asked to take it */
  uint64_t next_definition;
  hh_spool_state state;
} file = {.fd = -1};

bool hh_spool_file_active(void) {
  return file.fd >= 0 && !file.failed;
}

void hh_spool_file_fail(void) {
  file.failed = true;
}

/* Daemons close all descriptors, and the number is handed out again: then the file is opened once more. */
static bool is_ours(void) {
  hh_sys_identity now;
  return hh_sys_identify(file.fd, &now) == 0 && now.device == file.identity.device && now.inode == file.identity.inode;
}

static int reopen(void) {
  file.fd = hh_sys_open_existing(file.path);
  if (file.fd < 0)
    return file.fd;
  return is_ours() ? hh_sys_lock(file.fd) : -ESTALE;
}

/* 0 or -errno. After an error the file stays as it is: what is in it may still be read. */
static int put(hh_sys_part *parts, unsigned count, uint64_t offset) {
  int status = file.failed ? -EIO : 0;
  if (!status && !is_ours())
    status = reopen();
  if (!status)
    status = hh_sys_put(file.fd, parts, count, offset);
  if (status && !file.failed) {
    file.failed = true;
    hh_log(HH_LOG_ERROR, "%s: error %d; blocks stay in memory from now on", file.path, -status);
  }
  return status;
}

static int put_state(void) {
  file.state.version++;
  file.state.sum = hh_crc32(0, &file.state, offsetof(hh_spool_state, sum));
  hh_sys_part part = {&file.state, sizeof file.state};
  return put(&part, 1, HH_SPOOL_STATE * (1 + file.state.version % 2));
}

/* The message in two parts, either of which may be empty. */
static int put_record(uint64_t offset, uint32_t kind, uint64_t sequence, const hh_sys_part message[2]) {
  size_t bytes = message[0].bytes + message[1].bytes;
  hh_spool_record record = {.kind = kind, .size = (uint32_t)bytes, .sequence = sequence};
  record.sum = hh_crc32(0, &record, offsetof(hh_spool_record, sum));
  record.sum = hh_crc32(hh_crc32(record.sum, message[0].data, message[0].bytes), message[1].data, message[1].bytes);
  hh_sys_part parts[] = {{&record, sizeof record}, message[0], message[1]};
  return put(parts, 3, offset);
}

/* DIR/KEY, without a suffix. The length, or -ENAMETOOLONG. */
static int name(char *path, const char *directory, uint64_t process) {
  size_t length = strlen(directory);
  if (length + 1 + KEY_DIGITS + LONGEST_SUFFIX > MAX_PATH)
    return -ENAMETOOLONG;
  memcpy(path, directory, length);
  path[length++] = '/';
  for (int shift = 60; shift >= 0; shift -= 4)
    path[length++] = "0123456789abcdef"[process >> shift & 15];
  return (int)length;
}

static int put_beginning(uint64_t process, uint64_t first) {
  hh_spool_header header = {.magic = HH_SPOOL_MAGIC, .process = process, .ring_bytes = file.ring.end - file.ring.start};
  header.sum = hh_crc32(0, &header, offsetof(hh_spool_header, sum));
  hh_sys_part part = {&header, sizeof header};
  file.state = (hh_spool_state){.first_offset = HH_SPOOL_RING, .first_sequence = first};
  file.state.alive_unix_ns = file.state.complete_unix_ns = hh_sys_unix_ns();
  int status = put(&part, 1, 0);
  const uint8_t *message;
  size_t size = hh_message_hello(&message);
  if (status == 0)
    status = hh_spool_file_define(message, size, NULL, 0);
  for (uint32_t at = 0; status == 0 && (size = hh_message_dictionary(at, &message)) != 0; at++)
    status = hh_spool_file_define(message, size, NULL, 0);
  return status ? status : put_state();
}

/* Under another name until it is locked and whole: whoever looks for files of dead processes must not find it before.
 */
static int create(const char *directory, uint64_t process, uint64_t first) {
  static char unfinished[MAX_PATH];
  int length = name(unfinished, directory, process);
  if (length < 0)
    return length;
  memcpy(file.path, unfinished, (size_t)length);
  memcpy(file.path + length, HH_SPOOL_SUFFIX, sizeof HH_SPOOL_SUFFIX);
  memcpy(unfinished + length, ".new", sizeof ".new");
  file.fd = hh_sys_create(unfinished);
  if (file.fd < 0)
    return file.fd;
  int status = hh_sys_lock(file.fd);
  if (status == 0)
    status = hh_sys_identify(file.fd, &file.identity);
  if (status == 0)
    status = hh_sys_set_size(file.fd, file.ring.end + file.definitions_max);
  if (status == 0)
    status = put_beginning(process, first);
  if (status == 0)
    status = hh_sys_rename(unfinished, file.path);
  if (status)
    hh_sys_unlink(unfinished);
  return status;
}

int hh_spool_file_create(const char *directory, uint64_t process, uint64_t bytes, uint64_t first) {
  if (bytes < SMALLEST)
    return -EINVAL;
  file.failed = false;
  file.definitions_max = bytes / 4 & ~(uint64_t)(HH_SPOOL_RING - 1);
  uint64_t ring_bytes = (bytes & ~(uint64_t)(HH_SPOOL_RING - 1)) - file.definitions_max - HH_SPOOL_RING;
  hh_spool_ring_init(&file.ring, HH_SPOOL_RING, ring_bytes);
  file.written = HH_SPOOL_RING;
  file.next_definition = 0;
  int status = create(directory, process, first);
  if (status) {
    if (file.fd >= 0)
      hh_sys_close(file.fd);
    file.fd = -1;
  }
  return status;
}

bool hh_spool_file_has_room(size_t message_bytes) {
  return hh_spool_ring_place(&file.ring, hh_spool_record_bytes(message_bytes)) != 0;
}

static void relieve_memory(uint64_t from) {
  uint64_t head = file.ring.head;
  if (head < file.written || from > file.written)
    file.written = from;
  if (head - file.written < WRITE_PART || head - HH_SPOOL_RING < 2 * LITTLE)
    return;
  hh_sys_begin_writing(file.fd, file.written, head - file.written);
  file.written = head;
}

/* A record that says where the next one is. */
static int put_link(uint64_t sequence, uint64_t to) {
  return put_record(file.ring.head, HH_SPOOL_LINK, sequence, (hh_sys_part[2]){{&to, sizeof to}});
}

int hh_spool_file_put(uint64_t sequence, const uint8_t *message, size_t bytes, uint64_t *offset) {
  uint64_t record_bytes = hh_spool_record_bytes(bytes), to = hh_spool_ring_place(&file.ring, record_bytes);
  if (!to)
    return -ENOSPC;
  bool is_elsewhere = to != file.ring.head;
  int status = is_elsewhere ? put_link(sequence, to) : 0;
  if (status == 0)
    status = put_record(to, HH_SPOOL_BLOCK, sequence, (hh_sys_part[2]){{message, bytes}});
  if (status)
    return status;
  hh_spool_ring_take(&file.ring, to, record_bytes);
  *offset = to;
  relieve_memory(is_elsewhere ? to : file.written);
  return status;
}

int hh_spool_file_read(uint64_t offset, uint64_t sequence, void *out, size_t bytes) {
  hh_spool_record record;
  if (file.fd < 0 || (!is_ours() && reopen()))
    return -EIO;
  if (hh_sys_pread(file.fd, &record, sizeof record, offset) != sizeof record || record.sequence != sequence ||
      record.size != bytes || hh_sys_pread(file.fd, out, bytes, offset + sizeof record) != (long)bytes)
    return -EIO;
  return hh_crc32(hh_crc32(0, &record, offsetof(hh_spool_record, sum)), out, bytes) == record.sum ? 0 : -EIO;
}

int hh_spool_file_define(const uint8_t *prefix, size_t prefix_bytes, const uint8_t *rest, size_t rest_bytes) {
  uint64_t used = hh_spool_record_bytes(prefix_bytes + rest_bytes), at = file.ring.end + file.state.definitions_bytes;
  if (file.state.definitions_bytes + used > file.definitions_max) {
    file.failed = true; /* without all definitions nobody could read what follows */
    return -ENOSPC;
  }
  int status = put_record(at, HH_SPOOL_DEFINITION, file.next_definition,
                          (hh_sys_part[2]){{prefix, prefix_bytes}, {rest, rest_bytes}});
  if (status)
    return status;
  file.state.definitions_bytes += used; /* counts with the next state */
  file.next_definition++;
  return 0;
}

void hh_spool_file_release(uint64_t sequence, uint64_t offset) {
  if (file.fd < 0)
    return;
  hh_spool_ring_release(&file.ring, offset);
  file.state.first_sequence = sequence;
  file.state.first_offset = offset ? offset : file.ring.head;
  put_state();
}

void hh_spool_file_alive(uint64_t complete_unix_ns) {
  uint64_t now = hh_sys_unix_ns();
  if (!hh_spool_file_active() || (now - file.state.alive_unix_ns < ALIVE_NS && now >= file.state.alive_unix_ns))
    return;
  file.state.alive_unix_ns = now;
  file.state.complete_unix_ns = complete_unix_ns;
  put_state();
}

static void let_go(void) {
  if (file.fd >= 0 && is_ours())
    hh_sys_close(file.fd);
  file.fd = -1;
}

void hh_spool_file_end(uint32_t reason, uint64_t ended_unix_ns) {
  file.state.end_reason = reason;
  file.state.alive_unix_ns = file.state.complete_unix_ns = ended_unix_ns;
  put_state();
  let_go();
}

void hh_spool_file_remove(void) {
  if (file.fd < 0)
    return;
  hh_sys_unlink(file.path);
  let_go();
}

void hh_spool_file_forget(void) {
  let_go();
}
