/* Blocks lie one behind the other in chunks of pages, oldest chunk first; of one that is in the file only the item:
 *
 *   first                                      last
 *   [chunk| item message | item message ] -> [chunk| item | item message |  room  ]
 *
 * A chunk goes back to the kernel when its last block is acknowledged; one is kept while the spool is empty. */
#include "spool.h"

#include <errno.h>
#include <string.h>

#include "arena.h"
#include "spool_file.h"
#include "transport/pb_read.h"

enum { MESSAGE_BLOCK = 3, MESSAGE_DICTIONARY = 2, BLOCK_DICTIONARY = 6 }; /* fields of ingest.proto */
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
  uint64_t lost_blocks;
} spool;

static size_t aligned(size_t bytes) {
  return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static size_t slot_bytes(size_t message_bytes) {
  return aligned(sizeof(hh_spool_item)) + aligned(message_bytes);
}

static size_t slot_of(const hh_spool_item *item) {
  return slot_bytes(item->file_offset ? 0 : item->size);
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
  if (hh_spool_file_active())
    return hh_spool_file_has_room(bytes);
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

/* Where in a block's message its definitions are: they are kept when the block is acknowledged. */
static void find_dictionary(hh_spool_item *item, const uint8_t *message) {
  hh_pb_reader outer = hh_pb_read(message, item->size);
  hh_pb_field block, field;
  item->dictionary_size = 0;
  if (hh_pb_next(&outer, &block) != 1 || block.number != MESSAGE_BLOCK || block.type != HH_PB_BYTES)
    return;
  while (hh_pb_next(&block.bytes, &field) == 1) {
    if (field.number != BLOCK_DICTIONARY || field.type != HH_PB_BYTES)
      continue;
    item->dictionary_at = (uint32_t)(field.bytes.at - message);
    item->dictionary_size = (uint32_t)(field.bytes.end - field.bytes.at);
    return;
  }
}

/* The message in a buffer for this purpose, or where it lies in memory; NULL when it cannot be had. */
static const uint8_t *load(const hh_spool_item *item, uint8_t **buffer) {
  if (!item->file_offset)
    return item->message;
  if (!*buffer)
    *buffer = hh_pages_reserve(HH_SPOOL_MESSAGE_MAX, "heaphound spool");
  if (!*buffer || item->size > HH_SPOOL_MESSAGE_MAX)
    return NULL;
  return hh_spool_file_read(item->file_offset, item->sequence, *buffer, item->size) ? NULL : *buffer;
}

const uint8_t *hh_spool_read(const hh_spool_item *item) {
  static uint8_t *buffer;
  return load(item, &buffer);
}

/* A definition is a ClientMessage with the block's Dictionary as it is. */
static int define(const uint8_t *dictionary, uint32_t bytes) {
  uint8_t prefix[6] = {MESSAGE_DICTIONARY << 3 | HH_PB_BYTES}, *at = prefix + 1;
  uint32_t rest = bytes;
  for (; rest >= 0x80; rest >>= 7)
    *at++ = (uint8_t)(rest | 0x80);
  *at++ = (uint8_t)rest;
  return hh_spool_file_define(prefix, (size_t)(at - prefix), dictionary, bytes);
}

/* Before it is let go of. Without its definitions nobody could read what follows in the file. */
static void keep_definitions_of(const hh_spool_item *item) {
  static uint8_t *buffer; /* not hh_spool_read's: that may be half sent */
  if (!hh_spool_file_active() || !item->dictionary_size)
    return;
  const uint8_t *message = load(item, &buffer);
  if (!message || define(message + item->dictionary_at, item->dictionary_size))
    hh_spool_file_fail();
}

int hh_spool_put(const hh_spool_item *given) {
  hh_spool_item own = *given, *item = &own;
  if (!hh_spool_has_room(item->size))
    return -ENOSPC;
  find_dictionary(item, item->message);
  item->file_offset = 0;
  if (hh_spool_file_active() && hh_spool_file_put(item->sequence, item->message, item->size, &item->file_offset)) {
    item->file_offset = 0;
    if (!hh_spool_has_room(item->size)) /* in memory from now on */
      return -ENOSPC;
  }
  size_t slot = slot_of(item);
  if (!spool.last || spool.last->size - spool.last->end < slot) {
    int status = add_chunk(slot);
    if (status)
      return status;
  }
  hh_spool_item *kept = item_at(spool.last, spool.last->end);
  uint8_t *message = (uint8_t *)kept + aligned(sizeof *kept);
  *kept = *item;
  kept->message = item->file_offset ? NULL : message;
  if (kept->message)
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
    spool.cursor += slot_of(found);
  return found;
}

/* Drops the oldest block of the first chunk. */
static void release_one(const hh_spool_item *oldest) {
  chunk *from = spool.first;
  size_t begin = from->begin + slot_of(oldest);
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

static const hh_spool_item *oldest_item(void) {
  bool any = spool.first && spool.first->begin < spool.first->end;
  return any ? item_at(spool.first, spool.first->begin) : NULL;
}

void hh_spool_release(uint64_t up_to) {
  const hh_spool_item *oldest;
  uint64_t before = spool.released.sequence;
  while ((oldest = oldest_item()) && oldest->sequence <= up_to) {
    keep_definitions_of(oldest);
    release_one(oldest);
  }
  if (spool.released.sequence != before)
    hh_spool_file_release(hh_spool_first(), oldest ? oldest->file_offset : 0);
}

void hh_spool_lose(uint64_t up_to) {
  const hh_spool_item *oldest;
  while ((oldest = oldest_item()) && oldest->sequence <= up_to) {
    spool.lost_blocks++;
    release_one(oldest);
  }
}

uint64_t hh_spool_lost_blocks(void) {
  return spool.lost_blocks;
}

bool hh_spool_is_kept(void) {
  return hh_spool_file_active();
}

int hh_spool_keep(const char *directory, uint64_t process, uint64_t bytes) {
  const hh_spool_item *item;
  int status = hh_spool_file_create(directory, process, bytes, hh_spool_first());
  for (uint64_t after = spool.released.sequence; status == 0 && (item = hh_spool_next(after)); after = item->sequence) {
    uint64_t offset;
    status = hh_spool_file_put(item->sequence, item->message, item->size, &offset);
  }
  if (status)
    hh_spool_file_remove();
  return status;
}

void hh_spool_forget(void) {
  hh_spool_file_forget();
}

uint64_t hh_spool_first(void) {
  const hh_spool_item *oldest = oldest_item();
  return oldest ? oldest->sequence : spool.last_sequence + 1;
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
