/* Tables made by hand: every encoding of the search table, none at all, 64-bit lengths, several CIEs. */
#include "check.h"
#include "unwind/compile.h"
#include "unwind/eh_frame.h"
#include <stdint.h>
#include <string.h>

enum { FUNCTIONS = 5, FUNCTION_BYTES = 64, GAP_BYTES = 32, BYTES = 4096 };

typedef struct builder {
  uint8_t data[BYTES];
  uint32_t used;
  uint8_t code[FUNCTIONS * (FUNCTION_BYTES + GAP_BYTES)]; /* never run: only its addresses matter */
  uint32_t fde[FUNCTIONS];
} builder;

static builder b;

static uint64_t here(void) {
  return (uint64_t)(uintptr_t)(b.data + b.used);
}
static void put(const void *bytes, uint32_t size) {
  memcpy(b.data + b.used, bytes, size);
  b.used += size;
}
static void put8(unsigned value) {
  put(&(uint8_t){(uint8_t)value}, 1);
}
static void put32(uint64_t value) {
  put(&(uint32_t){(uint32_t)value}, 4);
}
static void put64(uint64_t value) {
  put(&value, 8);
}
static uint64_t function_at(int i) {
  return (uint64_t)(uintptr_t)b.code + (uint64_t)i * (FUNCTION_BYTES + GAP_BYTES);
}

/* Opens a record; close_record writes its length. */
static uint32_t open_record(int wide) {
  uint32_t at = b.used;
  put32(wide ? 0xffffffffu : 0);
  if (wide)
    put64(0);
  return at;
}
static void close_record(uint32_t at, int wide) {
  while (b.used % 8)
    put8(0);
  uint64_t length = b.used - at - (wide ? 12 : 4);
  memcpy(b.data + at + (wide ? 4 : 0), &length, wide ? 8 : 4);
}

/* CFA = rsp + 8, return address at CFA - 8; pointers are encoded as asked. */
static uint32_t add_cie(int wide, const char *augmentation, unsigned encoding, int version) {
  uint32_t at = open_record(wide);
  put32(0);
  put8((unsigned)version);
  put(augmentation, (uint32_t)strlen(augmentation) + 1);
  put8(1);
  put8(0x78);
  put8(16);
  if (!strcmp(augmentation, "zR")) {
    put8(1);
    put8(encoding);
  } else if (!strcmp(augmentation, "zPLR")) {
    put8(7);
    put8(0x1b);
    put32(0x1234);
    put8(0x1b);
    put8(encoding);
  }
  put8(0x0c), put8(7), put8(8);
  put8(0x90), put8(1);
  close_record(at, wide);
  return at;
}

/* From its 16th byte on the frame has 8 + 16 * (i + 1) bytes. */
static void add_fde(int i, int wide, uint32_t cie, unsigned encoding) {
  b.fde[i] = open_record(wide);
  put32(b.used - cie);
  if (encoding == 0x1b) {
    put32(function_at(i) - here());
    put32(FUNCTION_BYTES);
  } else {
    put64(function_at(i));
    put64(FUNCTION_BYTES);
  }
  put8(0); /* no augmentation data */
  put8(0x40 | 16);
  put8(0x0e), put8((unsigned)(8 + 16 * (i + 1)));
  close_record(b.fde[i], wide);
}

static void add_all(int wide) {
  memset(&b, 0, sizeof b);
  b.used = 256; /* the header comes here */
  uint32_t relative = add_cie(wide, "zR", 0x1b, 1), absolute = add_cie(wide, "zPLR", 0x00, 3);
  for (int i = FUNCTIONS; i-- > 0;)
    add_fde(i, wide && i != 2, i & 1 ? absolute : relative, i & 1 ? 0x00 : 0x1b);
  put32(0);
}

static void put_entry(unsigned encoding, uint64_t value, uint64_t header) {
  uint64_t base = (encoding & 0x70) == 0x30 ? header : (encoding & 0x70) == 0x10 ? here() : 0;
  if ((encoding & 7) == 3)
    put32(value - base);
  else
    put64(value - base);
}

static hh_image image_with_header(unsigned table_encoding, unsigned count_encoding) {
  hh_image image = {.segment_count = 1};
  image.segment[0].start = (uint64_t)(uintptr_t)b.data;
  image.segment[0].end = (uint64_t)(uintptr_t)b.data + BYTES;
  image.header = (uint64_t)(uintptr_t)b.data;
  uint32_t end = b.used;
  b.used = 0;
  put8(1), put8(0x1b), put8(count_encoding), put8(table_encoding);
  put32((uint64_t)(uintptr_t)b.data + 256 - here());
  if (count_encoding != HH_PE_OMIT)
    put32(FUNCTIONS);
  for (int i = 0; i < FUNCTIONS && table_encoding != HH_PE_OMIT; i++) {
    put_entry(table_encoding, function_at(i), image.header);
    put_entry(table_encoding, (uint64_t)(uintptr_t)b.data + b.fde[i], image.header);
  }
  b.used = end;
  return image;
}

static void check_image(const char *name, hh_image *image) {
  hh_fde fde;
  int found = 0, rules = 0, gaps = 0;
  for (int i = 0; i < FUNCTIONS; i++) {
    uint64_t start = function_at(i);
    found += !hh_fde_find(image, start, &fde) && fde.start == start && fde.size == FUNCTION_BYTES;
    found += !hh_fde_find(image, start + FUNCTION_BYTES - 1, &fde) && fde.start == start;
    gaps += hh_fde_find(image, start + FUNCTION_BYTES, &fde) != 0;
    rules += hh_rule_compile(image, start + 15) == HH_RULE_MAKE(HH_RULE_STACK, 1, 0);
    rules += hh_rule_compile(image, start + 16) == HH_RULE_MAKE(HH_RULE_STACK, 1 + 2 * (i + 1), 0);
  }
  CHECK(name, found == 2 * FUNCTIONS);
  CHECK(name, gaps == FUNCTIONS);
  CHECK(name, rules == 2 * FUNCTIONS);
  CHECK(name, hh_fde_find(image, function_at(0) - 1, &fde) != 0);
  hh_fde_index_free(image);
}

int main(void) {
  static const struct {
    const char *name;
    unsigned table, count;
  } headers[] = {{"datarel sdata4", 0x3b, 0x03},    {"datarel udata4", 0x33, 0x03},
                 {"datarel sdata8", 0x3c, 0x03},    {"absolute udata8", 0x04, 0x03},
                 {"absolute pointers", 0x00, 0x03}, {"no table", 0xff, 0xff},
                 {"no count", 0x3b, 0xff},          {"table of uleb, which cannot be searched", 0x01, 0x03}};
  for (int wide = 0; wide < 2; wide++) {
    for (unsigned i = 0; i < sizeof headers / sizeof headers[0]; i++) {
      add_all(wide);
      hh_image image = image_with_header(headers[i].table, headers[i].count);
      check_image(headers[i].name, &image);
    }
  }
  add_all(0);
  hh_image image = image_with_header(0xff, 0xff);
  image.eh_frame = image.header + 256;
  image.header = 0;
  check_image("no header at all", &image);

  hh_fde fde;
  add_all(0);
  image = image_with_header(0x3b, 0x03);
  b.data[0] = 2;
  CHECK("unknown version of the header", hh_fde_find(&image, function_at(1), &fde) != 0);
  b.data[0] = 1;
  image.segment[0].end = (uint64_t)(uintptr_t)b.data + b.fde[1] + 8;
  CHECK("entry behind the end of the segment", hh_fde_find(&image, function_at(1), &fde) != 0);
  return hh_check_end();
}
