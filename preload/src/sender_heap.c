/* The sender thread's heap: power-of-two classes with LIFO free lists, carved from spans of pages that are never given
 * back; large blocks are pages of their own. One thread, so no locks.
 *
 *   span | header block | header block | ...      header = 16 bytes: the block's class, or the bytes of a large one
 */
#include <stdbool.h>
#include <string.h>

#include "arena.h"

enum { HEADER = 16, SMALLEST_BITS = 5, LARGEST_BITS = 16, SPAN = 64 << 10 };

typedef struct header {
  _Alignas(HEADER) size_t bytes; /* usable bytes behind the header */
  struct header *next_free;
} header;

_Static_assert(sizeof(header) == HEADER, "blocks stay 16-byte aligned");

static header *free_blocks[LARGEST_BITS + 1];
static char *span_at;
static size_t span_left;

static unsigned class_bits(size_t bytes) {
  unsigned bits = SMALLEST_BITS;
  while (((size_t)1 << bits) < bytes)
    bits++;
  return bits;
}

static header *carve(unsigned bits) {
  size_t want = HEADER + ((size_t)1 << bits);
  if (span_left < want) {
    size_t span = want > SPAN ? want : SPAN;
    char *pages = hh_pages(span, "heaphound sender heap");
    if (!pages)
      return NULL;
    span_at = pages;
    span_left = span;
  }
  header *block = (header *)(void *)span_at;
  span_at += want;
  span_left -= want;
  block->bytes = (size_t)1 << bits;
  return block;
}

void *hh_sender_malloc(size_t bytes) {
  header *block;
  if (bytes > (size_t)1 << LARGEST_BITS) {
    if (bytes > SIZE_MAX / 2 || !(block = hh_pages(bytes + HEADER, "heaphound sender heap")))
      return NULL;
    block->bytes = bytes;
    return block + 1;
  }
  unsigned bits = class_bits(bytes);
  block = free_blocks[bits];
  if (block)
    free_blocks[bits] = block->next_free;
  else if (!(block = carve(bits)))
    return NULL;
  return block + 1;
}

void *hh_sender_calloc(size_t count, size_t bytes) {
  size_t total;
  if (__builtin_mul_overflow(count, bytes, &total))
    return NULL;
  void *block = hh_sender_malloc(total);
  if (block)
    memset(block, 0, total);
  return block;
}

void *hh_sender_realloc(void *block, size_t bytes) {
  if (!block)
    return hh_sender_malloc(bytes);
  size_t had = ((header *)block - 1)->bytes;
  if (bytes <= had && (had <= (size_t)1 << LARGEST_BITS || bytes > had / 2))
    return block;
  void *moved = hh_sender_malloc(bytes);
  if (!moved)
    return NULL;
  memcpy(moved, block, had < bytes ? had : bytes);
  hh_sender_free(block);
  return moved;
}

void hh_sender_free(void *block) {
  if (!block)
    return;
  header *freed = (header *)block - 1;
  if (freed->bytes > (size_t)1 << LARGEST_BITS) {
    hh_pages_free(freed, freed->bytes + HEADER);
    return;
  }
  unsigned bits = class_bits(freed->bytes);
  freed->next_free = free_blocks[bits];
  free_blocks[bits] = freed;
}

void hh_sender_heap_forget(void) {
  memset(free_blocks, 0, sizeof free_blocks);
  span_left = 0;
}
