#include "dns.h"

#include <errno.h>
#include <string.h>

enum { HEADER = 12, CLASS_IN = 1, LABEL_MAX = 63 };
enum { FLAG_ANSWER = 0x8000, FLAG_RECURSION_WANTED = 0x0100, RCODE = 0x000f, NO_ERROR = 0, NO_SUCH_NAME = 3 };

/* A cursor that stops at the end: `at` never passes `size`. */
typedef struct cursor {
  const uint8_t *bytes;
  size_t at, size;
} cursor;

static uint8_t *put16(uint8_t *at, unsigned value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
  return at + 2;
}

static int get16(cursor *from, uint16_t *value) {
  if (from->size - from->at < 2)
    return -EBADMSG;
  *value = (uint16_t)(from->bytes[from->at] << 8 | from->bytes[from->at + 1]);
  from->at += 2;
  return 0;
}

static int skip(cursor *from, size_t bytes) {
  if (from->size - from->at < bytes)
    return -EBADMSG;
  from->at += bytes;
  return 0;
}

int hh_dns_query(uint8_t *out, uint16_t id, const char *name, uint16_t type) {
  size_t left = strlen(name);
  if (left == 0 || left > HH_DNS_NAME_MAX)
    return -EINVAL;
  uint8_t *at = put16(put16(out, id), FLAG_RECURSION_WANTED);
  at = put16(put16(put16(put16(at, 1), 0), 0), 0); /* one question, nothing else */
  while (*name) {
    const char *dot = strchr(name, '.');
    size_t label = dot ? (size_t)(dot - name) : strlen(name);
    if (label == 0 || label > LABEL_MAX)
      return -EINVAL;
    *at++ = (uint8_t)label;
    memcpy(at, name, label);
    at += label;
    name += dot ? label + 1 : label;
  }
  *at++ = 0;
  at = put16(put16(at, type), CLASS_IN);
  return (int)(at - out);
}

/* Only over it: names in answers are not compared, the id and the connected socket tie an answer to its question. */
static int skip_name(cursor *from) {
  for (;;) {
    if (from->at == from->size)
      return -EBADMSG;
    uint8_t label = from->bytes[from->at++];
    if (label == 0)
      return 0;
    if ((label & 0xc0) == 0xc0)
      return skip(from, 1); /* a pointer ends a name */
    if (label > LABEL_MAX || skip(from, label))
      return -EBADMSG;
  }
}

/* 1 = one address given, 0 = a record of another kind. */
static int read_record(cursor *from, uint16_t wanted, void (*on_address)(const uint8_t *address, size_t size)) {
  uint16_t type, class, bytes;
  if (skip_name(from) || get16(from, &type) || get16(from, &class) || skip(from, 4) || get16(from, &bytes))
    return -EBADMSG;
  const uint8_t *data = from->bytes + from->at;
  if (skip(from, bytes))
    return -EBADMSG;
  if (type != wanted || class != CLASS_IN || bytes != (wanted == HH_DNS_A ? 4 : 16))
    return 0;
  on_address(data, bytes);
  return 1;
}

/* Number of answers, or as hh_dns_answer. Leaves the cursor behind the question. */
static int read_header(cursor *from, uint16_t id, uint16_t wanted) {
  uint16_t got_id, flags, questions, answers, type;
  if (get16(from, &got_id) || get16(from, &flags) || get16(from, &questions) || get16(from, &answers) || skip(from, 4))
    return -EBADMSG;
  if (got_id != id || !(flags & FLAG_ANSWER) || questions != 1)
    return -EBADMSG;
  if (skip_name(from) || get16(from, &type) || skip(from, 2) || type != wanted)
    return -EBADMSG;
  if ((flags & RCODE) == NO_SUCH_NAME)
    return 0;
  return (flags & RCODE) == NO_ERROR ? answers : -EAGAIN;
}

int hh_dns_answer(const uint8_t *message, size_t size, uint16_t id, uint16_t type,
                  void (*on_address)(const uint8_t *address, size_t size)) {
  cursor from = {message, 0, size};
  int answers = read_header(&from, id, type), found = 0;
  if (answers < 0)
    return answers;
  for (int i = 0; i < answers; i++) {
    int status = read_record(&from, type, on_address);
    if (status < 0)
      return found ? found : -EAGAIN; /* cut to fit a datagram: what came is good */
    found += status;
  }
  return found;
}
