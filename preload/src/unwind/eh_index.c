/* A search table of our own for images whose .eh_frame_hdr has none, or one in an encoding that cannot be searched. */
#include "../arena.h"
#include "eh_frame.h"

enum { HH_INDEX_MAX = 1 << 22 };

/* Calls parse on every record from eh_frame on; fills entries when given; returns how many FDEs there are. */
static uint32_t scan(const hh_image *image, uint64_t eh_frame, hh_image_index_entry *entries, uint32_t room) {
  hh_reader r = hh_image_reader(image, eh_frame);
  uint32_t count = 0;
  while (!r.bad && count < HH_INDEX_MAX && hh_read_left(&r) >= 4) {
    const uint8_t *at = r.at;
    uint64_t length = hh_read_u32(&r);
    if (length == 0)
      break; /* the terminator */
    if (length == 0xffffffffu)
      length = hh_read_u64(&r);
    hh_read_skip(&r, length);
    hh_fde fde;
    if (r.bad || hh_fde_parse(image, at, &fde))
      continue;
    if (entries) {
      if (count == room)
        break;
      entries[count] = (hh_image_index_entry){fde.start, at};
    }
    count++;
  }
  return count;
}

static void sift_down(hh_image_index_entry *heap, uint32_t root, uint32_t count) {
  for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && heap[child].start < heap[child + 1].start)
      child++;
    if (heap[root].start >= heap[child].start)
      return;
    hh_image_index_entry swap = heap[root];
    heap[root] = heap[child];
    heap[child] = swap;
  }
}

/* Heap sort: in place, no recursion, no libc (qsort may allocate). */
static void sort(hh_image_index_entry *entries, uint32_t count) {
  for (uint32_t i = count / 2; i-- > 0;)
    sift_down(entries, i, count);
  for (uint32_t end = count; end-- > 1;) {
    hh_image_index_entry swap = entries[0];
    entries[0] = entries[end];
    entries[end] = swap;
    sift_down(entries, 0, end);
  }
}

static void build(hh_image *image, uint64_t eh_frame) {
  image->index_tried = 1;
  uint32_t count = scan(image, eh_frame, NULL, 0);
  if (!count)
    return;
  hh_image_index_entry *entries = hh_pages(count * sizeof *entries, "unwind index");
  if (!entries)
    return;
  image->index_count = scan(image, eh_frame, entries, count);
  sort(entries, image->index_count);
  image->index = entries;
}

int hh_fde_index_find(hh_image *image, uint64_t eh_frame, uint64_t address, hh_fde *fde) {
  if (!image->index_tried)
    build(image, eh_frame);
  uint32_t low = 0, high = image->index ? image->index_count : 0;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (image->index[middle].start <= address)
      low = middle + 1;
    else
      high = middle;
  }
  if (!low || hh_fde_parse(image, image->index[low - 1].fde, fde))
    return -1;
  return address - fde->start < fde->size ? 0 : -1;
}

void hh_fde_index_free(hh_image *image) {
  if (image->index)
    hh_pages_free(image->index, image->index_count * sizeof *image->index);
  image->index = NULL;
  image->index_count = 0;
}
