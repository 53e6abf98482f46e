/* Spool files of any content, as a dead process or somebody else left them. With a bit of the first byte the sums are
 * made right, so that the fuzzer gets behind them. */
#include <unistd.h>

#include "crc32.h"
#include "fuzz.h"
#include "spool_read.h"

enum { MOST = 1 << 16 };
static uint8_t file_bytes[MOST];
static uint8_t message[HH_SPOOL_MESSAGE_MAX];

static void repair_records(size_t size) {
  for (size_t at = HH_SPOOL_RING; at + sizeof(hh_spool_record) <= size; at += HH_SPOOL_ALIGNMENT) {
    hh_spool_record *record = (hh_spool_record *)(void *)(file_bytes + at);
    bool is_one =
        record->kind == HH_SPOOL_BLOCK || record->kind == HH_SPOOL_LINK || record->kind == HH_SPOOL_DEFINITION;
    if (!is_one || record->size > size - at - sizeof *record)
      continue;
    uint32_t of_record = hh_crc32(0, record, offsetof(hh_spool_record, sum));
    record->sum = hh_crc32(of_record, file_bytes + at + sizeof *record, record->size);
  }
}

static void repair(size_t size) {
  hh_spool_header *header = (hh_spool_header *)(void *)file_bytes;
  memcpy(header->magic, HH_SPOOL_MAGIC, sizeof header->magic);
  header->ring_bytes %= 2 * MOST;
  header->sum = hh_crc32(0, header, offsetof(hh_spool_header, sum));
  for (size_t turn = 1; turn <= 2; turn++) {
    hh_spool_state *state = (hh_spool_state *)(void *)(file_bytes + HH_SPOOL_STATE * turn);
    state->sum = hh_crc32(0, state, offsetof(hh_spool_state, sum));
  }
  repair_records(size);
}

/* Everything that is there, and no more often than it can be there. */
static void read_all(hh_spool_reader *reader, size_t size) {
  hh_spool_place at = hh_spool_first_definition(reader);
  size_t records = 0;
  while (hh_spool_read_definition(reader, &at) > 0)
    HH_MUST(++records <= size);
  at = hh_spool_first_block(reader);
  for (records = 0; records < 2 * size && hh_spool_read_block(reader, &at) > 0; records++)
    HH_MUST(at.sequence > reader->state.first_sequence);
  hh_spool_torn_bytes(reader, at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1 || size > MOST)
    return 0;
  memset(file_bytes, 0, sizeof file_bytes);
  memcpy(file_bytes, data + 1, size - 1);
  if (data[0] & 1)
    repair(size - 1 > HH_SPOOL_RING ? size - 1 : HH_SPOOL_RING);
  size_t bytes = size - 1 > HH_SPOOL_RING ? size - 1 : data[0] & 1 ? HH_SPOOL_RING : size - 1;
  hh_spool_reader reader = {.fd = hh_fuzz_file(file_bytes, bytes), .message = message};
  if (hh_spool_read_begin(&reader) == 0)
    read_all(&reader, size);
  return 0;
}
