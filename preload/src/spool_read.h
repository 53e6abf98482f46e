/* Reads a spool file that somebody else wrote: nothing in it is believed before it is checked. */
#ifndef HH_SPOOL_READ_H
#define HH_SPOOL_READ_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool_format.h"

typedef struct hh_spool_reader {
  int fd;
  hh_spool_header header;
  hh_spool_state state;
  uint8_t *message; /* HH_SPOOL_MESSAGE_MAX: of the last record read */
} hh_spool_reader;

/* Where in the file, and what is expected there. */
typedef struct hh_spool_place {
  uint64_t offset;
  uint64_t sequence;
} hh_spool_place;

int hh_spool_read_begin(hh_spool_reader *reader); /* 0, or -EBADMSG: it is no spool file, or its beginning is damaged */
hh_spool_place hh_spool_first_definition(const hh_spool_reader *reader);
hh_spool_place hh_spool_first_block(const hh_spool_reader *reader);
/* The message at a place, which moves on behind it: its size, 0 at the end, -EBADMSG when it is damaged. */
long hh_spool_read_definition(const hh_spool_reader *reader, hh_spool_place *at);
/* Likewise; a record that was not finished is the end. */
long hh_spool_read_block(const hh_spool_reader *reader, hh_spool_place *at);
uint64_t hh_spool_torn_bytes(const hh_spool_reader *reader, hh_spool_place end); /* of the record that was not */
#endif
