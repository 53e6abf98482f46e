/* Reads DWARF's encodings from memory that may be damaged: every read is checked against the end, a failed one returns
 * 0 and leaves `bad` set for good, so callers look at `bad` once at the end. */
#ifndef HH_UNWIND_READER_H
#define HH_UNWIND_READER_H
#include <stdint.h>
#include <string.h>

typedef struct hh_reader {
  const uint8_t *at, *end;
  int bad;
} hh_reader;

enum { /* DW_EH_PE_*: the low nibble is the format, the next three bits what the value is relative to */
       HH_PE_ABSOLUTE = 0x00,
       HH_PE_ULEB = 0x01,
       HH_PE_U2 = 0x02,
       HH_PE_U4 = 0x03,
       HH_PE_U8 = 0x04,
       HH_PE_SIGNED = 0x08,
       HH_PE_SLEB = 0x09,
       HH_PE_S2 = 0x0a,
       HH_PE_S4 = 0x0b,
       HH_PE_S8 = 0x0c,
       HH_PE_FORMAT = 0x0f,
       HH_PE_RELATIVE = 0x70,
       HH_PE_PC = 0x10,
       HH_PE_DATA = 0x30,
       HH_PE_INDIRECT = 0x80,
       HH_PE_OMIT = 0xff,
};

static inline uint64_t hh_read_left(const hh_reader *r) {
  return (uint64_t)(r->end - r->at);
}

/* Unsigned number of 1, 2, 4 or 8 bytes in this machine's order. */
static inline uint64_t hh_read_fixed(hh_reader *r, unsigned bytes) {
  uint64_t value = 0;
  if (hh_read_left(r) < bytes) {
    r->bad = 1;
    r->at = r->end;
    return 0;
  }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  memcpy(&value, r->at, bytes);
#else
  memcpy((char *)&value + sizeof value - bytes, r->at, bytes);
#endif
  r->at += bytes;
  return value;
}
static inline uint8_t hh_read_u8(hh_reader *r) {
  return (uint8_t)hh_read_fixed(r, 1);
}
static inline uint16_t hh_read_u16(hh_reader *r) {
  return (uint16_t)hh_read_fixed(r, 2);
}
static inline uint32_t hh_read_u32(hh_reader *r) {
  return (uint32_t)hh_read_fixed(r, 4);
}
static inline uint64_t hh_read_u64(hh_reader *r) {
  return hh_read_fixed(r, 8);
}

static inline void hh_read_skip(hh_reader *r, uint64_t bytes) {
  if (hh_read_left(r) < bytes) {
    r->bad = 1;
    r->at = r->end;
  } else {
    r->at += bytes;
  }
}

static inline uint64_t hh_read_leb(hh_reader *r, int is_signed) {
  uint64_t value = 0;
  for (unsigned shift = 0;;) {
    uint8_t byte = hh_read_u8(r);
    if (shift < 64)
      value |= (uint64_t)(byte & 0x7f) << shift;
    shift += 7;
    if (byte & 0x80) {
      if (shift <= 70)
        continue;
      r->bad = 1;
      return 0;
    }
    if (is_signed && shift < 64 && (byte & 0x40))
      value |= ~(uint64_t)0 << shift;
    return value;
  }
}
static inline uint64_t hh_read_uleb(hh_reader *r) {
  return hh_read_leb(r, 0);
}
static inline int64_t hh_read_sleb(hh_reader *r) {
  return (int64_t)hh_read_leb(r, 1);
}

/* Bytes of a fixed-size format, 0 for the others. */
static inline unsigned hh_encoded_size(unsigned encoding) {
  switch (encoding & HH_PE_FORMAT) {
  case HH_PE_U2:
  case HH_PE_S2:
    return 2;
  case HH_PE_U4:
  case HH_PE_S4:
    return 4;
  case HH_PE_ABSOLUTE:
  case HH_PE_SIGNED:
    return sizeof(void *);
  case HH_PE_U8:
  case HH_PE_S8:
    return 8;
  default:
    return 0;
  }
}

/* A pointer in one of the encodings. data_base is the address that "data relative" means (.eh_frame_hdr). Indirect
 * pointers are returned as they are: only personalities use them, and nobody here follows those. */
static inline uint64_t hh_read_encoded(hh_reader *r, unsigned encoding, uint64_t data_base) {
  uint64_t position = (uint64_t)(uintptr_t)r->at, value;
  unsigned size = hh_encoded_size(encoding);
  if (size) {
    value = hh_read_fixed(r, size);
    if ((encoding & HH_PE_SIGNED) && size < 8) {
      unsigned shift = 64 - 8 * size;
      value = (uint64_t)((int64_t)(value << shift) >> shift);
    }
  } else if ((encoding & HH_PE_FORMAT) == HH_PE_ULEB) {
    value = hh_read_uleb(r);
  } else if ((encoding & HH_PE_FORMAT) == HH_PE_SLEB) {
    value = (uint64_t)hh_read_sleb(r);
  } else {
    r->bad = 1;
    return 0;
  }
  switch (encoding & HH_PE_RELATIVE) {
  case 0:
    return value;
  case HH_PE_PC:
    return value ? value + position : 0;
  case HH_PE_DATA:
    return value + data_base;
  default:
    r->bad = 1;
    return 0;
  }
}
#endif
