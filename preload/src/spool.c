/* Blocks lie one behind the other in chunks of pages, oldest chunk first:
 *
 *   first                                      last
 *   [chunk| item message | item message ] -> [chunk| item message |  room  ]
 *
 * A chunk goes back to the kernel when its last block is acknowledged; one is kept while the spool is empty. */
#include "spool.h"

#include <errno.h>
#include <string.h>

#include "arena.h"

enum { ALIGNMENT = 16, PAGE = 4096, SMALLEST_CHUNK = 64 << 10, LARGEST_CHUNK = 512 << 10 };

typedef struct chunk {
  struct chunk *next;
  size_t size;  /* mapped bytes */
  size_t begin; /* offset of the oldest block held */
  size_t end;   /* offset of free room */
} chunk;

static struct {
  chunk *first, *last;
  size_t max_bytes, chunk_bytes, mapped_bytes;
  hh_spool_item released; /* the newest released block; message is NULL */
  uint64_t last_sequence;
  /* Where hh_spool_next found its last answer: the usual question is for the one behind it. */
  chunk *cursor_chunk;
  size_t cursor;
} spool;

static size_t aligned(size_t bytes) {
  return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static size_t slot_bytes(size_t message_bytes) {
  return aligned(sizeof(hh_spool_item)) + aligned(message_bytes);
}

static hh_spool_item *item_at(chunk *in, size_t offset) {
  return (hh_spool_item *)(void *)((uint8_t *)in + offset);
}

/* Size of a chunk that takes a slot of that size. */
static size_t chunk_for(size_t slot) {
  size_t need = (aligned(sizeof(chunk)) + slot + PAGE - 1) & ~(size_t)(PAGE - 1);
  return need > spool.chunk_bytes ? need : spool.chunk_bytes;
}

int hh_spool_init(size_t max_bytes) {
  /* Called again in a forked child, which does not have the parent's chunks: they are only forgotten. */
  memset(&spool, 0, sizeof spool);
  if (max_bytes < SMALLEST_CHUNK)
    return -EINVAL;
  spool.max_bytes = max_bytes;
  size_t chunk_bytes = max_bytes / 16 & ~(size_t)(PAGE - 1);
  if (chunk_bytes < SMALLEST_CHUNK)
    chunk_bytes = SMALLEST_CHUNK;
  if (chunk_bytes > LARGEST_CHUNK)
    chunk_bytes = LARGEST_CHUNK;
  spool.chunk_bytes = chunk_bytes;
  return 0;
}

int hh_spool_has_room(size_t bytes) {
  if (bytes > spool.max_bytes)
    return 0;
  size_t slot = slot_bytes(bytes);
  if (spool.last && spool.last->size - spool.last->end >= slot)
    return 1;
  size_t mapped = spool.mapped_bytes;
  if (spool.last && hh_spool_first() > spool.last_sequence)
    mapped -= spool.last->size; /* the empty chunk that is kept is given back first */
  return mapped + chunk_for(slot) <= spool.max_bytes;
}

static void drop_first_chunk(void) {
  chunk *old = spool.first;
  spool.first = old->next;
  if (!spool.first)
    spool.last = NULL;
  if (spool.cursor_chunk == old)
    spool.cursor_chunk = NULL;
  spool.mapped_bytes -= old->size;
  hh_pages_free(old, old->size);
}

static int add_chunk(size_t slot) {
  if (spool.last && spool.last->begin == spool.last->end)
    drop_first_chunk(); /* empty, and too small */
  size_t bytes = chunk_for(slot);
  chunk *added = hh_pages(bytes, "heaphound spool");
  if (!added)
    return -ENOSPC;
  hh_pages_not_inherited(added, bytes);
  added->size = bytes;
  added->begin = added->end = aligned(sizeof(chunk));
  spool.mapped_bytes += bytes;
  if (spool.last)
    spool.last->next = added;
  else
    spool.first = added;
  spool.last = added;
  return 0;
}

int hh_spool_put(const hh_spool_item *item) {
  if (!hh_spool_has_room(item->size))
    return -ENOSPC;
  size_t slot = slot_bytes(item->size);
  if (!spool.last || spool.last->size - spool.last->end < slot) {
    int status = add_chunk(slot);
    if (status)
      return status;
  }
  hh_spool_item *kept = item_at(spool.last, spool.last->end);
  uint8_t *message = (uint8_t *)kept + aligned(sizeof *kept);
  *kept = *item;
  kept->message = message;
  memcpy(message, item->message, item->size);
  spool.last->end += slot;
  spool.last_sequence = item->sequence;
  return 0;
}

/* Moves the cursor to the oldest block. */
static void rewind_cursor(void) {
  spool.cursor_chunk = spool.first;
  if (spool.first)
    spool.cursor = spool.first->begin;
}

/* The block at the cursor, or the first of the following chunk when the cursor stands at the end of one. */
static const hh_spool_item *at_cursor(void) {
  while (spool.cursor_chunk) {
    if (spool.cursor < spool.cursor_chunk->end)
      return item_at(spool.cursor_chunk, spool.cursor);
    if (!spool.cursor_chunk->next)
      return NULL;
    spool.cursor_chunk = spool.cursor_chunk->next;
    spool.cursor = spool.cursor_chunk->begin;
  }
  return NULL;
}

const hh_spool_item *hh_spool_next(uint64_t after) {
  if (after >= spool.last_sequence)
    return NULL;
  const hh_spool_item *found = at_cursor();
  if (!found || found->sequence > after + 1)
    rewind_cursor();
  while ((found = at_cursor()) && found->sequence <= after)
    spool.cursor += slot_bytes(found->size);
  return found;
}

/* Drops the oldest block of the first chunk. */
static void release_one(const hh_spool_item *oldest) {
  chunk *from = spool.first;
  size_t begin = from->begin + slot_bytes(oldest->size);
  spool.released = *oldest;
  spool.released.message = NULL;
  if (spool.cursor_chunk == from && spool.cursor < begin)
    spool.cursor = begin;
  from->begin = begin;
  if (begin < from->end)
    return;
  if (from->next || from->size > spool.chunk_bytes) {
    drop_first_chunk();
    return;
  }
  from->begin = from->end = aligned(sizeof(chunk));
  if (spool.cursor_chunk == from)
    spool.cursor = from->begin;
}

void hh_spool_release(uint64_t up_to) {
  while (spool.first && spool.first->begin < spool.first->end) {
    const hh_spool_item *oldest = item_at(spool.first, spool.first->begin);
    if (oldest->sequence > up_to)
      return;
    release_one(oldest);
  }
}

uint64_t hh_spool_first(void) {
  if (spool.first && spool.first->begin < spool.first->end)
    return item_at(spool.first, spool.first->begin)->sequence;
  return spool.last_sequence + 1;
}

uint64_t hh_spool_last(void) {
  return spool.last_sequence;
}

uint64_t hh_spool_acked(void) {
  return spool.released.sequence;
}

hh_spool_item hh_spool_acked_marks(void) {
  return spool.released;
}
