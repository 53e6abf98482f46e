/* A spool file: what a process has not delivered yet, in a form that survives it (docs/wire.md, "Spool files").
 *
 *   0     header | state | state         written in turns: the one with the higher version and a right sum counts
 *   4096  ring of records: blocks that are not acknowledged
 *   4096 + ring_bytes  definitions: Hello, then Dictionary after Dictionary, of what acknowledged blocks defined
 *
 * Numbers are little-endian, as on every machine that this runs on (checked below). */
#ifndef HH_SPOOL_FORMAT_H
#define HH_SPOOL_FORMAT_H
#include <stdint.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HH_SPOOL_MAGIC "HEAPSPL1"
#else
#define HH_SPOOL_MAGIC "HEAPSPB1" /* s390x: readers on that machine only */
#endif
#define HH_SPOOL_SUFFIX ".spool"

enum { HH_SPOOL_RING = 4096, HH_SPOOL_STATE = 512, HH_SPOOL_ALIGNMENT = 16, HH_SPOOL_MESSAGE_MAX = 8 << 20 };

typedef struct hh_spool_header {
  char magic[8];
  uint64_t process;
  uint64_t ring_bytes;
  uint32_t unused;
  uint32_t sum; /* CRC-32 of what stands before it; likewise below */
} hh_spool_header;
_Static_assert(sizeof(hh_spool_header) == 32, "on the disk");

typedef struct hh_spool_state {
  uint64_t version;
  uint64_t first_offset;   /* of the oldest record that is held */
  uint64_t first_sequence; /* its block, or the next to come */
  uint64_t definitions_bytes;
  uint64_t alive_unix_ns;    /* the process lived then */
  uint64_t complete_unix_ns; /* everything until then is in the file */
  uint32_t end_reason;       /* Goodbye.Reason; 0 while it lives, or when it was killed */
  uint32_t sum;
} hh_spool_state;
_Static_assert(sizeof(hh_spool_state) == 56, "on the disk");

/* A link's message is the offset (u64) of the block of its sequence, which lies elsewhere in the ring. */
enum hh_spool_kind { HH_SPOOL_BLOCK = 0x4b4c4248, HH_SPOOL_LINK = 0x4b4e4c48, HH_SPOOL_DEFINITION = 0x46454448 };

/* Before each message; records begin at multiples of 16. */
typedef struct hh_spool_record {
  uint32_t kind;
  uint32_t size;     /* of the message behind it */
  uint64_t sequence; /* of blocks: their own; of definitions: 0, 1, 2... */
  uint32_t reserved;
  uint32_t sum; /* also of the message */
} hh_spool_record;
_Static_assert(sizeof(hh_spool_record) == 24, "on the disk");

static inline uint64_t hh_spool_record_bytes(uint64_t message_bytes) {
  return (sizeof(hh_spool_record) + message_bytes + HH_SPOOL_ALIGNMENT - 1) & ~(uint64_t)(HH_SPOOL_ALIGNMENT - 1);
}
#endif
