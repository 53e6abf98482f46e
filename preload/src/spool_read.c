#include "spool_read.h"

#include <errno.h>
#include <string.h>

#include "crc32.h"
#include "sys/sys.h"

#define LARGEST_RING ((uint64_t)1 << 40)

static int read_exactly(int fd, void *out, size_t bytes, uint64_t offset) {
  return hh_sys_pread(fd, out, bytes, offset) == (long)bytes ? 0 : -EBADMSG;
}

static int read_header(hh_spool_reader *reader) {
  hh_spool_header *header = &reader->header;
  if (read_exactly(reader->fd, header, sizeof *header, 0) || memcmp(header->magic, HH_SPOOL_MAGIC, 8) != 0 ||
      hh_crc32(0, header, offsetof(hh_spool_header, sum)) != header->sum)
    return -EBADMSG;
  return header->ring_bytes <= LARGEST_RING ? 0 : -EBADMSG;
}

/* The newer one of the two that are whole. */
static int read_state(hh_spool_reader *reader) {
  reader->state.version = 0;
  for (uint64_t turn = 1; turn <= 2; turn++) {
    hh_spool_state state;
    if (read_exactly(reader->fd, &state, sizeof state, HH_SPOOL_STATE * turn) == 0 &&
        hh_crc32(0, &state, offsetof(hh_spool_state, sum)) == state.sum && state.version > reader->state.version)
      reader->state = state;
  }
  return reader->state.version ? 0 : -EBADMSG;
}

static uint64_t ring_end(const hh_spool_reader *reader) {
  return HH_SPOOL_RING + reader->header.ring_bytes;
}

int hh_spool_read_begin(hh_spool_reader *reader) {
  if (read_header(reader) || read_state(reader))
    return -EBADMSG;
  const hh_spool_state *state = &reader->state;
  bool sane = state->first_offset >= HH_SPOOL_RING && state->first_offset <= ring_end(reader) &&
              state->first_sequence >= 1 && state->first_sequence <= UINT32_MAX &&
              state->definitions_bytes <= LARGEST_RING;
  return sane ? 0 : -EBADMSG;
}

hh_spool_place hh_spool_first_definition(const hh_spool_reader *reader) {
  return (hh_spool_place){ring_end(reader), 0};
}

hh_spool_place hh_spool_first_block(const hh_spool_reader *reader) {
  return (hh_spool_place){reader->state.first_offset, reader->state.first_sequence};
}

static int is_record(const hh_spool_reader *reader, const hh_spool_place *at, uint32_t kind, uint64_t end,
                     hh_spool_record *record) {
  return at->offset + sizeof *record <= end && read_exactly(reader->fd, record, sizeof *record, at->offset) == 0 &&
         record->kind == kind && record->sequence == at->sequence && record->size <= HH_SPOOL_MESSAGE_MAX &&
         record->size <= end - at->offset - sizeof *record;
}

/* The size of the message, or -EBADMSG. */
static long read_record(const hh_spool_reader *reader, hh_spool_place *at, uint32_t kind, uint64_t end) {
  hh_spool_record record;
  if (!is_record(reader, at, kind, end, &record) ||
      read_exactly(reader->fd, reader->message, record.size, at->offset + sizeof record))
    return -EBADMSG;
  uint32_t sum = hh_crc32(hh_crc32(0, &record, offsetof(hh_spool_record, sum)), reader->message, record.size);
  if (sum != record.sum)
    return -EBADMSG;
  at->offset += hh_spool_record_bytes(record.size);
  at->sequence++;
  return (long)record.size;
}

long hh_spool_read_definition(const hh_spool_reader *reader, hh_spool_place *at) {
  uint64_t end = ring_end(reader) + reader->state.definitions_bytes;
  return at->offset >= end ? 0 : read_record(reader, at, HH_SPOOL_DEFINITION, end);
}

/* Where the place is a link, goes where it says. */
static void follow(const hh_spool_reader *reader, hh_spool_place *at) {
  hh_spool_place link = *at;
  uint64_t to;
  if (read_record(reader, &link, HH_SPOOL_LINK, ring_end(reader)) != sizeof to)
    return;
  memcpy(&to, reader->message, sizeof to);
  if (to >= HH_SPOOL_RING && to < ring_end(reader))
    at->offset = to;
}

long hh_spool_read_block(const hh_spool_reader *reader, hh_spool_place *at) {
  follow(reader, at);
  long size = read_record(reader, at, HH_SPOOL_BLOCK, ring_end(reader));
  return size < 0 ? 0 : size;
}

uint64_t hh_spool_torn_bytes(const hh_spool_reader *reader, hh_spool_place end) {
  hh_spool_record record;
  return is_record(reader, &end, HH_SPOOL_BLOCK, ring_end(reader), &record) ? record.size : 0;
}
