#include "grpc_out.h"

#include <errno.h>
#include <string.h>

#include "binaries.h"
#include "spool.h"
#include "spool_dead.h"
#include "transport/transport.h"

enum { PREFIX = 5, BLOCKS_PER_CHUNK = 4 };

typedef enum phase { IDLE, HELLO, WAIT_FOR_WELCOME, DICTIONARY, BLOCKS, GOODBYE, FINISHED } phase;

static struct {
  phase phase;
  uint32_t dictionary_part;
  uint32_t blocks_since_chunk;
  /* The message under way: prefix, then size bytes. It stays in place: a block is released only when wholly sent. */
  const uint8_t *message;
  size_t size, done; /* done counts the prefix too; equal to size + PREFIX between messages */
  uint8_t prefix[PREFIX];
  uint64_t block;     /* sequence of the block under way or sent last on this stream */
  uint64_t ever_sent; /* on any stream: what may be acknowledged */
  int broken;
  int dead;            /* the stream is that of another process, which has ended */
  uint64_t dead_acked; /* of its blocks */
  uint64_t acked;      /* highest acknowledgement; may be ahead of this stream after a reconnect */
} out;

static int between_messages(void) {
  return out.done == out.size + PREFIX;
}

void hh_grpc_out_serve_dead(int dead) {
  out.dead = dead;
}

void hh_grpc_out_begin(void) {
  out.phase = HELLO;
  out.dictionary_part = 0;
  out.blocks_since_chunk = 0;
  out.broken = 0;
  out.message = NULL;
  out.size = 0;
  out.done = PREFIX;
}

int hh_grpc_out_welcome(uint64_t acked_sequence) {
  if (out.phase != WAIT_FOR_WELCOME)
    return -EPROTO;
  if (out.dead) { /* what an earlier deliverer has sent is not known here */
    out.block = out.dead_acked = acked_sequence;
    out.phase = DICTIONARY;
    return 0;
  }
  if (acked_sequence > out.ever_sent)
    return -EPROTO;
  hh_spool_release(acked_sequence);
  out.acked = hh_spool_acked();
  out.block = out.acked;
  out.phase = DICTIONARY;
  return 0;
}

/* Lets go of what is acknowledged and wholly sent. An acknowledgement for what an earlier stream sent may come before
 * this one has repeated it: then it waits, or the Dictionary would change under way. */
static void release(void) {
  if (out.dead)
    return;
  uint64_t sent = between_messages() || out.block == 0 ? out.block : out.block - 1;
  hh_spool_release(out.acked < sent ? out.acked : sent);
}

int hh_grpc_out_ack(uint64_t sequence) {
  if (out.phase < DICTIONARY || sequence > (out.dead ? out.block : out.ever_sent))
    return -EPROTO;
  if (out.dead) {
    if (sequence > out.dead_acked)
      out.dead_acked = sequence;
    return 0;
  }
  if (sequence > out.acked)
    out.acked = sequence;
  release();
  return 0;
}

void hh_grpc_out_goodbye(void) {
  if (out.phase == DICTIONARY || out.phase == BLOCKS)
    out.phase = GOODBYE;
}

static size_t next_block(const uint8_t **message) {
  const hh_spool_item *item = hh_spool_next(out.block);
  if (!item || out.broken)
    return 0;
  uint64_t sequence = item->sequence;
  size_t size = item->size;
  if (sequence > out.ever_sent)
    out.ever_sent = sequence;
  *message = hh_spool_read(item);
  if (!*message) {
    out.broken = 1;
    hh_spool_lose(sequence);
    return 0;
  }
  out.blocks_since_chunk++;
  out.block = sequence;
  return size;
}

static int dead_is_stored(void) {
  return out.dead && out.dead_acked >= hh_spool_dead_last();
}

static size_t next_dead_block(const uint8_t **message) {
  uint64_t sequence;
  size_t size = hh_spool_dead_block(out.block, &sequence, message);
  if (size) {
    out.block = sequence;
    return size;
  }
  if (!dead_is_stored())
    return 0;
  out.phase = FINISHED;
  return hh_spool_dead_goodbye(message);
}

/* A chunk of a binary goes when no block waits, and now and then when they always do. */
static size_t next_block_or_chunk(const uint8_t **message) {
  if (out.dead && !hh_binaries_pending())
    return next_dead_block(message);
  if (hh_binaries_pending() && (out.blocks_since_chunk >= BLOCKS_PER_CHUNK || !hh_spool_next(out.block))) {
    out.blocks_since_chunk = 0;
    size_t size = hh_binaries_next(message);
    if (size)
      return size;
  }
  return out.dead ? next_dead_block(message) : next_block(message);
}

static size_t next_message(const uint8_t **message) {
  size_t size = 0;
  switch (out.phase) {
  case HELLO:
    out.phase = WAIT_FOR_WELCOME;
    return out.dead ? hh_spool_dead_hello(message) : hh_message_hello(message);
  case DICTIONARY:
    size = out.dead ? hh_spool_dead_dictionary(out.dictionary_part++, out.dead_acked, message)
                    : hh_message_dictionary(out.dictionary_part++, message);
    if (size)
      return size;
    out.phase = BLOCKS;
    return next_block_or_chunk(message);
  case BLOCKS:
    return next_block_or_chunk(message);
  case GOODBYE:
    out.phase = FINISHED;
    return hh_message_goodbye(message);
  default:
    return 0;
  }
}

static int start_message(void) {
  size_t size = next_message(&out.message);
  if (size == 0)
    return 0;
  out.size = size;
  out.done = 0;
  out.prefix[0] = 0;
  for (unsigned i = 0; i < 4; i++)
    out.prefix[1 + i] = (uint8_t)(size >> (24 - 8 * i));
  return 1;
}

static size_t copy_part(uint8_t *to, size_t room) {
  const uint8_t *from = out.prefix + out.done;
  size_t left = PREFIX - out.done;
  if (out.done >= PREFIX) {
    from = out.message + (out.done - PREFIX);
    left = out.size + PREFIX - out.done;
  }
  size_t part = left < room ? left : room;
  memcpy(to, from, part);
  out.done += part;
  return part;
}

size_t hh_grpc_out_read(uint8_t *to, size_t room, int *end) {
  size_t size = 0;
  while (size < room && (!between_messages() || start_message())) {
    size += copy_part(to + size, room - size);
    if (between_messages())
      release();
  }
  *end = out.phase == FINISHED && between_messages();
  return size;
}

int hh_grpc_out_ready(void) {
  switch (out.phase) {
  case BLOCKS:
    if (out.dead)
      return !between_messages() || out.block < hh_spool_dead_last() || dead_is_stored() || hh_binaries_pending();
    return !between_messages() || hh_spool_next(out.block) || hh_binaries_pending();
  case HELLO:
  case DICTIONARY:
  case GOODBYE:
    return 1;
  default:
    return !between_messages();
  }
}

void hh_grpc_out_forget(void) {
  memset(&out, 0, sizeof out);
}

int hh_grpc_out_welcomed(void) {
  return out.phase >= DICTIONARY;
}

int hh_grpc_out_broken(void) {
  return out.broken;
}

int hh_grpc_out_finished(void) {
  return out.phase == FINISHED && between_messages();
}
