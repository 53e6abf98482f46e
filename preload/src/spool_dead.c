#include "spool_dead.h"

#include <string.h>

#include "arena.h"
#include "log.h"
#include "pb.h"
#include "spool_files.h"
#include "spool_read.h"
#include "sys/files.h"
#include "sys/sys.h"
#include "transport/pb_read.h"

enum { KEY_DIGITS = 16, MOST_SET_ASIDE = 4, LOOK_EVERY_MS = 1000, LATER_MS = 10000, END_KILLED = 5 };
enum { CLIENT_HELLO = 1, CLIENT_DICTIONARY = 2, CLIENT_BLOCK = 3, CLIENT_GOODBYE = 5 };
enum { HELLO_NEXT_SEQUENCE = 16, BLOCK_DICTIONARY = 6 };
/* A process that has lost its lock, since it closes descriptors that are not its own, still says that it lives. */
#define FRESH_NS ((uint64_t)2 * 1000 * 1000 * 1000)

static struct {
  bool open;
  hh_spool_reader reader;
  char path[HH_SPOOL_PATH];
  uint64_t next_look_ms;
  hh_spool_place definition, block; /* where reading goes on */
  uint64_t last;                    /* of the blocks that are whole */
  uint64_t torn_bytes;
  uint8_t *answer; /* a message made of one that was read */
} dead = {.reader.fd = -1};

static bool have_memory(void) {
  if (!dead.reader.message)
    dead.reader.message = hh_pages_reserve(HH_SPOOL_MESSAGE_MAX, "heaphound spool");
  if (!dead.answer)
    dead.answer = hh_pages_reserve(HH_SPOOL_MESSAGE_MAX, "heaphound spool");
  return dead.reader.message && dead.answer;
}

static void let_go(void) {
  if (dead.reader.fd >= 0)
    hh_sys_close(dead.reader.fd);
  dead.reader.fd = -1;
  dead.open = false;
}

static bool count_one(const char *path, void *context) {
  (void)path;
  ++*(int *)context;
  return false;
}

static void set_aside(void) {
  static char bad[HH_SPOOL_PATH];
  size_t length = strlen(dead.path) - (sizeof HH_SPOOL_SUFFIX - 1);
  int count = 0;
  memcpy(bad, dead.path, length);
  bad[length] = 0;
  char *slash = bad + length - KEY_DIGITS - 1;
  *slash = 0;
  hh_spool_files_each(bad, ".bad", count_one, &count);
  *slash = '/';
  memcpy(bad + length, ".bad", sizeof ".bad");
  if (count >= MOST_SET_ASIDE || hh_sys_rename(dead.path, bad))
    hh_sys_unlink(dead.path);
}

/* Finds the end: what is whole. The reader's place is then at the first block again. */
static void find_last(void) {
  hh_spool_place at = hh_spool_first_block(&dead.reader);
  while (hh_spool_read_block(&dead.reader, &at) > 0)
    ;
  dead.last = at.sequence - 1;
  dead.torn_bytes = hh_spool_torn_bytes(&dead.reader, at);
  dead.block = hh_spool_first_block(&dead.reader);
}

static bool is_hello(void) {
  hh_spool_place at = hh_spool_first_definition(&dead.reader);
  long size = hh_spool_read_definition(&dead.reader, &at);
  hh_pb_field field;
  hh_pb_reader message = hh_pb_read(dead.reader.message, size > 0 ? (size_t)size : 0);
  return hh_pb_next(&message, &field) == 1 && field.number == CLIENT_HELLO && field.type == HH_PB_BYTES;
}

static bool is_fresh(void) {
  const hh_spool_state *state = &dead.reader.state;
  return !state->end_reason && hh_sys_unix_ns() - state->alive_unix_ns < FRESH_NS;
}

static bool open_one(const char *path, void *context) {
  (void)context;
  hh_sys_extent extent;
  dead.reader.fd = hh_sys_open_existing(path);
  if (dead.reader.fd < 0)
    return false;
  if (hh_sys_lock(dead.reader.fd) || hh_sys_measure(dead.reader.fd, &extent) || extent.links == 0) {
    let_go(); /* its process lives, or somebody else delivers it, or has done so */
    return false;
  }
  memcpy(dead.path, path, strlen(path) + 1);
  if (hh_spool_read_begin(&dead.reader) || !is_hello()) {
    hh_log(HH_LOG_ERROR, "%s is damaged: it is set aside", path);
    set_aside();
    let_go();
    return false;
  }
  if (is_fresh()) {
    let_go();
    return false;
  }
  find_last();
  hh_log(HH_LOG_INFO, "%s: blocks %llu to %llu of an ended process", path,
         (unsigned long long)dead.reader.state.first_sequence, (unsigned long long)dead.last);
  return dead.open = true;
}

bool hh_spool_dead_find(const char *directory, uint64_t now_ms) {
  if (dead.open)
    return true;
  if (now_ms < dead.next_look_ms || !have_memory())
    return false;
  dead.next_look_ms = now_ms + LOOK_EVERY_MS;
  return hh_spool_files_each(directory, HH_SPOOL_SUFFIX, open_one, NULL);
}

/* A message of one field, whose contents end with what `add` puts there. */
static size_t wrapped(uint32_t field, const uint8_t *contents, size_t bytes, void (*add)(hh_pb *pb),
                      const uint8_t **message) {
  hh_pb pb;
  if (bytes + 64 > HH_SPOOL_MESSAGE_MAX)
    return 0;
  hh_pb_open(&pb, dead.answer, HH_SPOOL_MESSAGE_MAX);
  uint8_t *body = hh_pb_begin(&pb, field);
  memcpy(pb.at, contents, bytes);
  pb.at += bytes;
  if (add)
    add(&pb);
  hh_pb_end(&pb, body);
  *message = dead.answer;
  return hh_pb_size(&pb);
}

static void add_next_sequence(hh_pb *pb) {
  hh_pb_uint(pb, HELLO_NEXT_SEQUENCE, dead.reader.state.first_sequence); /* of two the later one counts */
}

size_t hh_spool_dead_hello(const uint8_t **message) {
  hh_pb_field field;
  dead.definition = hh_spool_first_definition(&dead.reader);
  dead.block = hh_spool_first_block(&dead.reader);
  long size = hh_spool_read_definition(&dead.reader, &dead.definition);
  hh_pb_reader outer = hh_pb_read(dead.reader.message, size > 0 ? (size_t)size : 0);
  if (hh_pb_next(&outer, &field) != 1)
    return 0;
  size_t bytes = (size_t)(field.bytes.end - field.bytes.at);
  return wrapped(CLIENT_HELLO, field.bytes.at, bytes, add_next_sequence, message);
}

/* The Dictionary of a block, as a message; 0 when it has none. */
static size_t dictionary_of(size_t size, const uint8_t **message) {
  hh_pb_field block, field;
  hh_pb_reader outer = hh_pb_read(dead.reader.message, size);
  if (hh_pb_next(&outer, &block) != 1 || block.number != CLIENT_BLOCK || block.type != HH_PB_BYTES)
    return 0;
  while (hh_pb_next(&block.bytes, &field) == 1)
    if (field.number == BLOCK_DICTIONARY && field.type == HH_PB_BYTES)
      return wrapped(CLIENT_DICTIONARY, field.bytes.at, (size_t)(field.bytes.end - field.bytes.at), NULL, message);
  return 0;
}

size_t hh_spool_dead_dictionary(uint32_t part, uint64_t acked, const uint8_t **message) {
  (void)part;
  long size = hh_spool_read_definition(&dead.reader, &dead.definition);
  if (size > 0) {
    *message = dead.reader.message;
    return (size_t)size;
  }
  /* Blocks that the server has already: it only needs what they defined. */
  while (dead.block.sequence <= acked && (size = hh_spool_read_block(&dead.reader, &dead.block)) > 0) {
    size_t made = dictionary_of((size_t)size, message);
    if (made)
      return made;
  }
  return 0;
}

size_t hh_spool_dead_block(uint64_t after, uint64_t *sequence, const uint8_t **message) {
  if (dead.block.sequence > after + 1)
    dead.block = hh_spool_first_block(&dead.reader);
  for (;;) {
    *sequence = dead.block.sequence;
    long size = hh_spool_read_block(&dead.reader, &dead.block);
    if (size <= 0 || *sequence > after) {
      *message = dead.reader.message;
      return size > 0 ? (size_t)size : 0;
    }
  }
}

size_t hh_spool_dead_goodbye(const uint8_t **message) {
  const hh_spool_state *state = &dead.reader.state;
  hh_pb pb;
  hh_pb_open(&pb, dead.answer, HH_SPOOL_MESSAGE_MAX);
  uint8_t *body = hh_pb_begin(&pb, CLIENT_GOODBYE);
  hh_pb_uint(&pb, 1, dead.last);
  hh_pb_fixed64(&pb, 2, state->alive_unix_ns);
  hh_pb_uint(&pb, 3, state->end_reason ? state->end_reason : END_KILLED);
  if (!state->end_reason) {
    hh_pb_fixed64(&pb, 4, state->complete_unix_ns);
    hh_pb_uint(&pb, 5, dead.torn_bytes);
  }
  hh_pb_end(&pb, body);
  *message = dead.answer;
  return hh_pb_size(&pb);
}

uint64_t hh_spool_dead_last(void) {
  return dead.last;
}

void hh_spool_dead_delivered(void) {
  hh_sys_unlink(dead.path);
  let_go();
}

void hh_spool_dead_refused(void) {
  hh_log(HH_LOG_ERROR, "%s: the server rejects it: it is set aside", dead.path);
  set_aside();
  let_go();
}

void hh_spool_dead_later(uint64_t now_ms) {
  let_go();
  dead.next_look_ms = now_ms + LATER_MS;
}

void hh_spool_dead_forget(void) {
  let_go();
  dead.next_look_ms = 0;
}
