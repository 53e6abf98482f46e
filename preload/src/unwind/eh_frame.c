#include "eh_frame.h"

typedef struct record { /* one length-prefixed record of .eh_frame */
  hh_reader body;       /* behind the id */
  uint64_t cie;         /* address of its CIE; 0: it is one itself */
} record;

/* The length may have 64 bits; the id behind it has 32 all the same (Linux Standard Base, 10.6.1.1.1). */
static int read_record(const hh_image *image, uint64_t address, record *out) {
  hh_reader r = hh_image_reader(image, address);
  uint64_t length = hh_read_u32(&r);
  if (length == 0xffffffffu)
    length = hh_read_u64(&r);
  if (r.bad || length < 4 || length > hh_read_left(&r))
    return -1;
  r.end = r.at + length;
  uint64_t id_position = (uint64_t)(uintptr_t)r.at;
  uint32_t id = hh_read_u32(&r);
  out->cie = id ? id_position - id : 0;
  out->body = r;
  return r.bad ? -1 : 0;
}

/* The letters behind 'z' name the fields of the augmentation data; a letter nobody knows ends what can be read. */
static void read_augmentation(hh_reader *data, const uint8_t *letters, hh_fde *fde) {
  for (const uint8_t *letter = letters; *letter; letter++) {
    switch (*letter) {
    case 'R':
      fde->pointer_encoding = hh_read_u8(data);
      break;
    case 'P': {
      unsigned encoding = hh_read_u8(data);
      hh_read_encoded(data, encoding & (HH_PE_FORMAT | HH_PE_RELATIVE), 0);
      break;
    }
    case 'L':
      hh_read_u8(data);
      break;
    case 'S':
      fde->signal_frame = 1;
      break;
    case 'B':
      break; /* arm64: signed with key B */
    default:
      return;
    }
  }
}

static int parse_cie(const hh_image *image, uint64_t address, hh_fde *fde, int *has_size) {
  record cie;
  if (read_record(image, address, &cie) || cie.cie)
    return -1;
  hh_reader *r = &cie.body;
  uint8_t version = hh_read_u8(r);
  const uint8_t *letters = r->at;
  while (hh_read_u8(r)) {
  }
  if (r->bad || (version != 1 && version != 3))
    return -1;
  fde->code_align = hh_read_uleb(r);
  fde->data_align = hh_read_sleb(r);
  fde->return_register = version == 1 ? hh_read_u8(r) : (uint32_t)hh_read_uleb(r);
  fde->pointer_encoding = HH_PE_ABSOLUTE;
  fde->signal_frame = 0;
  *has_size = letters[0] == 'z';
  if (*has_size) {
    uint64_t size = hh_read_uleb(r);
    hh_reader data = *r;
    hh_read_skip(r, size);
    data.end = r->at;
    read_augmentation(&data, letters + 1, fde);
    if (data.bad)
      return -1;
  } else if (letters[0]) {
    return -1; /* "eh" of gcc 2, or unknown: the fields that follow cannot be told */
  }
  fde->initial = *r;
  return r->bad ? -1 : 0;
}

int hh_fde_parse(const hh_image *image, const uint8_t *at, hh_fde *fde) {
  record entry;
  int has_size;
  if (read_record(image, (uint64_t)(uintptr_t)at, &entry) || !entry.cie)
    return -1;
  if (parse_cie(image, entry.cie, fde, &has_size))
    return -1;
  hh_reader *r = &entry.body;
  fde->start = hh_read_encoded(r, fde->pointer_encoding, image->header);
  fde->size = hh_read_encoded(r, fde->pointer_encoding & HH_PE_FORMAT, 0);
  if (has_size)
    hh_read_skip(r, hh_read_uleb(r));
  fde->program = *r;
  return r->bad ? -1 : 0;
}

typedef struct search_table {
  const uint8_t *entries;
  uint64_t count;
  uint64_t eh_frame;
  uint8_t encoding;
} search_table;

/* .eh_frame_hdr: version, three encodings, address of .eh_frame, count, then a table of (function, FDE) sorted by
 * function. */
static int read_header(const hh_image *image, search_table *table) {
  hh_reader r = hh_image_reader(image, image->header);
  uint8_t version = hh_read_u8(&r), frame_encoding = hh_read_u8(&r), count_encoding = hh_read_u8(&r);
  table->encoding = hh_read_u8(&r);
  table->count = 0;
  if (r.bad || version != 1 || frame_encoding == HH_PE_OMIT)
    return -1;
  table->eh_frame = hh_read_encoded(&r, frame_encoding, image->header);
  if (r.bad)
    return -1;
  if (count_encoding == HH_PE_OMIT || table->encoding == HH_PE_OMIT)
    return 0;
  uint64_t count = hh_read_encoded(&r, count_encoding, image->header);
  unsigned size = hh_encoded_size(table->encoding);
  if (r.bad || !size || (table->encoding & HH_PE_INDIRECT))
    return 0;
  uint64_t room = hh_read_left(&r) / (2 * size);
  table->entries = r.at;
  table->count = count < room ? count : room;
  return 0;
}

static uint64_t table_value(const hh_image *image, const search_table *table, uint64_t position) {
  unsigned size = hh_encoded_size(table->encoding);
  const uint8_t *at = table->entries + position * size;
  hh_reader r = {at, at + size, 0};
  return hh_read_encoded(&r, table->encoding, image->header);
}

/* Number of entries whose function starts at or before address. The usual encoding (0x3b: 32 bits, relative to the
 * header) has its own loop. */
static uint64_t table_rank(const hh_image *image, const search_table *table, uint64_t address) {
  uint64_t low = 0, high = table->count;
  if (table->encoding == (HH_PE_DATA | HH_PE_S4)) {
    int64_t relative = (int64_t)(address - image->header);
    while (low < high) {
      uint64_t middle = (low + high) / 2;
      int32_t start;
      memcpy(&start, table->entries + middle * 8, 4);
      if (start <= relative)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }
  while (low < high) {
    uint64_t middle = (low + high) / 2;
    if (table_value(image, table, 2 * middle) <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

int hh_fde_find(hh_image *image, uint64_t address, hh_fde *fde) {
  search_table table;
  if (!image->header)
    return image->eh_frame ? hh_fde_index_find(image, image->eh_frame, address, fde) : -1;
  if (read_header(image, &table))
    return -1;
  if (!table.count)
    return hh_fde_index_find(image, table.eh_frame, address, fde);
  uint64_t rank = table_rank(image, &table, address);
  if (!rank)
    return -1;
  uint64_t at = table_value(image, &table, 2 * (rank - 1) + 1);
  if (hh_fde_parse(image, (const uint8_t *)(uintptr_t)at, fde))
    return -1;
  return address - fde->start < fde->size ? 0 : -1;
}
