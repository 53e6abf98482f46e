/* What the unwinder keeps of a loaded object: where its unwind tables are and how far they may be read. */
#ifndef HH_UNWIND_IMAGE_H
#define HH_UNWIND_IMAGE_H
#include "reader.h"
#include <stdint.h>

enum { HH_IMAGE_SEGMENTS = 8 };

typedef struct hh_image_index_entry {
  uint64_t start; /* first address of the function */
  const uint8_t *fde;
} hh_image_index_entry;

typedef struct hh_image {
  uint64_t header;        /* .eh_frame_hdr; 0 = none */
  uint64_t eh_frame;      /* .eh_frame where there is no header; 0 = none, or not known */
  uint64_t exidx;         /* .ARM.exidx; 0 = none */
  uint32_t exidx_count;   /* entries of it */
  uint32_t segment_count; /* readable segments: unwind data is read inside one of them or not at all */
  struct {
    uint64_t start, end;
  } segment[HH_IMAGE_SEGMENTS];
  hh_image_index_entry *index; /* our own search table, where the file has none that we can use; from hh_pages */
  uint32_t index_count;
  uint8_t index_tried;
} hh_image;

/* A reader from `address` to the end of its segment; `bad` is set when it lies in none. */
static inline hh_reader hh_image_reader(const hh_image *image, uint64_t address) {
  for (uint32_t i = 0; i < image->segment_count; i++) {
    if (address - image->segment[i].start < image->segment[i].end - image->segment[i].start)
      return (hh_reader){(const uint8_t *)(uintptr_t)address, (const uint8_t *)(uintptr_t)image->segment[i].end, 0};
  }
  return (hh_reader){NULL, NULL, 1};
}
#endif
