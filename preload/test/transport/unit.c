/* The transport's parts by themselves: the spool against a model, and every reader of foreign bytes against mutations
 * of good input (a fixed seed; the sanitizers judge). Prints one line per case for run.mjs. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "spool.h"
#include "transport/dns.h"
#include "transport/grpc_in.h"
#include "transport/grpc_targets.h"
#include "transport/grpc_token.h"
#include "transport/resolve_files.h"

static const char *current;
static bool failed;

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      printf("FAIL %s: line %d: %s\n", current, __LINE__, #condition);                                                 \
      failed = true;                                                                                                   \
      return;                                                                                                          \
    }                                                                                                                  \
  } while (0)

static uint64_t random_state = 88172645463325252u;

static uint32_t chance(uint32_t below) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state >> 20) % below;
}

/* A copy of its own size, so that reading one byte too many is seen. Changes a few bytes, and often the length. */
static uint8_t *mutate(const uint8_t *good, size_t good_size, size_t *size) {
  *size = chance(3) ? good_size : chance((uint32_t)good_size + 1);
  uint8_t *copy = malloc(*size + 1);
  uint8_t *exact = realloc(copy, *size ? *size : 1);
  memcpy(exact, good, *size);
  for (uint32_t i = chance(4); i > 0 && *size > 0; i--)
    exact[chance((uint32_t)*size)] = chance(2) ? (uint8_t)chance(256) : (uint8_t[]){0, 1, 0x7f, 0x80, 0xff}[chance(5)];
  return exact;
}

/* The spool. */

static uint8_t content(uint64_t sequence, size_t at) {
  return (uint8_t)(sequence * 131 + at);
}

static bool put(uint64_t sequence, size_t size) {
  static uint8_t bytes[2 << 20];
  for (size_t i = 0; i < size; i++)
    bytes[i] = content(sequence, i);
  hh_spool_item item = {.sequence = sequence, .message = bytes, .size = size, .node_end = (uint32_t)sequence * 3};
  bool room = hh_spool_has_room(size);
  int status = hh_spool_put(&item);
  if (room != (status == 0))
    abort();
  return room;
}

static bool is_whole(const hh_spool_item *item, size_t size) {
  if (item->size != size || item->node_end != item->sequence * 3)
    return false;
  for (size_t i = 0; i < size; i++)
    if (item->message[i] != content(item->sequence, i))
      return false;
  return true;
}

static void spool_behaves_like_its_model(void) {
  enum { BLOCKS = 20000 };
  static size_t sizes[BLOCKS + 1];
  const size_t limit = 4 << 20;
  uint64_t before = hh_pages_bytes(), last = 0, acked = 0, sent = 0, refused = 0;
  CHECK(hh_spool_init(limit) == 0);
  while (last < BLOCKS) {
    size_t size = chance(50) ? chance(3000) : chance(1500000);
    if (put(last + 1, size))
      sizes[++last] = size;
    else
      refused++;
    for (uint32_t i = chance(4); i > 0; i--) {
      const hh_spool_item *item = hh_spool_next(sent);
      CHECK(!item == (sent == last));
      if (!item)
        break;
      CHECK(item->sequence == ++sent && is_whole(item, sizes[sent]));
    }
    if (chance(400) == 0)
      sent = acked; /* a new connection */
    if (chance(3) == 0 && sent > acked) {
      acked += chance((uint32_t)(sent - acked) + 1);
      hh_spool_release(acked);
    }
    CHECK(hh_spool_acked() == acked && hh_spool_first() == acked + 1 && hh_spool_last() == last);
    CHECK(hh_spool_acked_marks().node_end == acked * 3);
    CHECK(hh_pages_bytes() - before <= limit);
  }
  CHECK(refused > 0);
  hh_spool_release(last);
  CHECK(!hh_spool_next(last) && !hh_spool_next(0));
  CHECK(hh_pages_bytes() - before <= 512 << 10);
}

static void spool_refuses_what_can_never_fit(void) {
  CHECK(hh_spool_init(1 << 20) == 0);
  CHECK(!put(1, (1 << 20) + 1));
  CHECK(!put(1, 1 << 20)); /* there is no room for the chunk's own fields */
  CHECK(put(1, 900 << 10) && !put(2, 900 << 10));
  hh_spool_release(1);
  CHECK(put(2, 900 << 10));
  hh_spool_release(2);
  CHECK(hh_spool_init(100) == -EINVAL);
}

/* Messages from the server. */

static hh_server_message got;
static unsigned got_count;

static int count_message(const hh_server_message *message) {
  got = *message;
  got_count++;
  return 0;
}

static const uint8_t good_stream[] = {
    0, 0, 0, 0, 9,  0x0a, 7, 0x08, 0x05, 0x10, 0xff, 0xff, 0xff, 0x7f,       /* Welcome 5, time */
    0, 0, 0, 0, 5,  0x12, 3, 0x08, 0xac, 0x02,                               /* Ack 300 */
    0, 0, 0, 0, 10, 0x1a, 8, 0x0a, 4,    1,    2,    3,    4,    0x10, 0x07, /* BinaryRequest */
    0, 0, 0, 0, 6,  0x22, 4, 0x08, 0x01, 0x20, 0x01,                         /* Settings: mode, stop */
    0, 0, 0, 0, 0,                                                           /* nothing */
    0, 0, 0, 0, 4,  0x7a, 2, 0x08, 0x01,                                     /* a message of later versions */
};

static void server_messages_are_read(void) {
  hh_grpc_in in = {.on_message = count_message};
  got_count = 0;
  CHECK(hh_grpc_in_feed(&in, good_stream, 14) == 0 && got_count == 1);
  CHECK(got.kind == HH_SERVER_WELCOME && got.acked_sequence == 5);
  CHECK(hh_grpc_in_feed(&in, good_stream + 14, 10) == 0);
  CHECK(got.kind == HH_SERVER_ACK && got.acked_sequence == 300);
  CHECK(hh_grpc_in_feed(&in, good_stream + 24, 15) == 0);
  CHECK(got.kind == HH_SERVER_BINARY_REQUEST && got.binary_request.build_id_size == 4 &&
        got.binary_request.module == 7);
  CHECK(memcmp(got.binary_request.build_id, "\1\2\3\4", 4) == 0);
  CHECK(hh_grpc_in_feed(&in, good_stream + 39, 11) == 0);
  CHECK(got.kind == HH_SERVER_SETTINGS && got.settings.stop && got.settings.mode == 1);
  CHECK(hh_grpc_in_feed(&in, good_stream + 50, 14) == 0 && got_count == 6 && got.kind == HH_SERVER_NONE);
}

static void server_messages_may_come_in_any_pieces(void) {
  for (int round = 0; round < 2000; round++) {
    hh_grpc_in in = {.on_message = count_message};
    got_count = 0;
    for (size_t at = 0; at < sizeof good_stream;) {
      size_t part = 1 + chance((uint32_t)(sizeof good_stream - at));
      CHECK(hh_grpc_in_feed(&in, good_stream + at, part) == 0);
      at += part;
    }
    CHECK(got_count == 6 && in.held == 0);
  }
}

static void server_messages_may_be_garbage(void) {
  unsigned refused = 0;
  for (int round = 0; round < 300000; round++) {
    size_t size;
    uint8_t *bad = mutate(good_stream, sizeof good_stream, &size);
    hh_grpc_in *in = calloc(1, sizeof *in);
    in->on_message = count_message;
    int status = hh_grpc_in_feed(in, bad, size);
    bool known = status == 0 || status == -EBADMSG || status == -EMSGSIZE || status == -EPROTO;
    refused += status != 0;
    free(in);
    hh_server_message message;
    hh_server_message_read(bad, size, &message);
    free(bad);
    CHECK(known);
  }
  CHECK(refused > 10000);
}

static void malformed_protobuf_is_refused(void) {
  static const struct {
    const char *bytes;
    size_t size;
  } bad[] = {
      {"\x0a", 1},                                                  /* no length */
      {"\x0a\x05\x08\x01", 4},                                      /* shorter than it says */
      {"\x0a\x02\x08\x80", 4},                                      /* a varint that does not end */
      {"\x0a\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 13}, /* more than 64 bits */
      {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11},         /* a length near 2^64 */
      {"\x0b", 1},                                                  /* a group */
      {"\x02\x00", 2},                                              /* field 0 */
      {"\x08\x01", 2},                                              /* Welcome as a number */
      {"\x0a\x02\x0a\x00", 4},                                      /* a sequence as bytes */
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    hh_server_message message;
    CHECK(hh_server_message_read((const uint8_t *)bad[i].bytes, bad[i].size, &message) == -EBADMSG);
  }
}

/* Names. */

static unsigned address_count;
static uint8_t last_address[16];

static void take_address(const uint8_t *address, size_t size) {
  address_count++;
  memcpy(last_address, address, size);
}

/* An answer with a CNAME and two addresses, the names as pointers to the question's. */
static size_t make_answer(uint8_t *out, uint16_t id, uint16_t type) {
  int size = hh_dns_query(out, id, "ingester.heaphound.svc.cluster.local", type);
  out[2] = 0x81;
  out[3] = 0x80;
  out[7] = 3;
  static const uint8_t name_record[] = {0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, 'x', 0xc0, 12};
  memcpy(out + size, name_record, sizeof name_record);
  size += (int)sizeof name_record;
  for (int i = 0; i < 2; i++) {
    uint8_t record[] = {0xc0, 12, 0, (uint8_t)type, 0, 1, 0, 0, 0, 9, 0, type == HH_DNS_A ? 4 : 16};
    memcpy(out + size, record, sizeof record);
    memset(out + size + sizeof record, 10 + i, record[11]);
    size += (int)sizeof record + record[11];
  }
  return (size_t)size;
}

static void dns_answers_are_read(void) {
  uint8_t answer[HH_DNS_MESSAGE_MAX];
  address_count = 0;
  size_t size = make_answer(answer, 0x1234, HH_DNS_A);
  CHECK(hh_dns_answer(answer, size, 0x1234, HH_DNS_A, take_address) == 2 && address_count == 2 &&
        last_address[3] == 11);
  CHECK(hh_dns_answer(answer, size, 0x1235, HH_DNS_A, take_address) == -EBADMSG);
  CHECK(hh_dns_answer(answer, size, 0x1234, HH_DNS_AAAA, take_address) == -EBADMSG);
  CHECK(hh_dns_answer(answer, size - 1, 0x1234, HH_DNS_A, take_address) == 1); /* cut: one address is good */
  answer[3] = 0x83;
  CHECK(hh_dns_answer(answer, size, 0x1234, HH_DNS_A, take_address) == 0); /* no such name */
  answer[3] = 0x82;
  CHECK(hh_dns_answer(answer, size, 0x1234, HH_DNS_A, take_address) == -EAGAIN);
  size = make_answer(answer, 7, HH_DNS_AAAA);
  CHECK(hh_dns_answer(answer, size, 7, HH_DNS_AAAA, take_address) == 2);
}

static void dns_answers_may_be_garbage(void) {
  uint8_t answer[HH_DNS_MESSAGE_MAX];
  size_t good = make_answer(answer, 7, HH_DNS_AAAA);
  for (int round = 0; round < 300000; round++) {
    size_t size;
    uint8_t *bad = mutate(answer, good, &size);
    hh_dns_answer(bad, size, 7, HH_DNS_AAAA, take_address);
    free(bad);
  }
}

static void only_names_are_asked_for(void) {
  uint8_t query[HH_DNS_MESSAGE_MAX];
  char label[70] = "", name[300] = "";
  memset(label, 'a', 64);
  CHECK(hh_dns_query(query, 1, label, HH_DNS_A) == -EINVAL);
  CHECK(hh_dns_query(query, 1, "", HH_DNS_A) == -EINVAL && hh_dns_query(query, 1, "a..b", HH_DNS_A) == -EINVAL);
  CHECK(hh_dns_query(query, 1, "a.b.", HH_DNS_A) == hh_dns_query(query, 1, "a.b", HH_DNS_A));
  for (int i = 0; i < 63; i++)
    strcat(name, "abc.");
  CHECK(hh_dns_query(query, 1, name, HH_DNS_A) == 12 + 252 + 1 + 4);
  strcat(name, "ab");
  CHECK(hh_dns_query(query, 1, name, HH_DNS_A) == -EINVAL);
}

static char path[64];

static void write_file(const char *text) {
  strcpy(path, "/tmp/heaphound-unit-XXXXXX");
  int fd = mkstemp(path);
  if (fd < 0 || write(fd, text, strlen(text)) < 0)
    abort();
  close(fd);
}

static char found[200];

static void take_text(const char *address) {
  strcat(strcat(found, address), " ");
}

static void resolv_conf_is_read(void) {
  hh_resolv_conf conf;
  write_file("# by kubelet\nnameserver 10.96.0.10\nsearch a.svc.cluster.local svc.cluster.local\tcluster.local\n"
             "options ndots:5 timeout:1\nnameserver fd00::10");
  hh_resolv_conf_read(path, &conf);
  unlink(path);
  CHECK(conf.servers == 2 && strcmp(conf.server[1], "fd00::10") == 0);
  CHECK(conf.searches == 3 && strcmp(conf.search[1], "svc.cluster.local") == 0 && conf.ndots == 5);
  hh_resolv_conf_read("/does/not/exist", &conf);
  CHECK(conf.servers == 1 && strcmp(conf.server[0], "127.0.0.1") == 0 && conf.ndots == 1);
  write_file(
      "options ndots:99999999999999999999\nnameserver\nsearch\nnameserver 1\nnameserver 2\nnameserver 3\nnameserver 4");
  hh_resolv_conf_read(path, &conf);
  unlink(path);
  CHECK(conf.ndots == 15 && conf.servers == 3 && conf.searches == 0);
}

static void hosts_are_found(void) {
  write_file("127.0.0.1 localhost\n10.0.0.1 one two # three\n\n  fd00::1\tTWO\n10.0.0.2");
  found[0] = 0;
  hh_hosts_find(path, "two", take_text);
  hh_hosts_find(path, "three", take_text);
  hh_hosts_find(path, "tw", take_text);
  unlink(path);
  CHECK(strcmp(found, "10.0.0.1 fd00::1 ") == 0);
}

/* Options. */

static void targets_are_parsed(void) {
  hh_targets targets;
  CHECK(hh_targets_parse("ingester:7000, [fd00::1]:80,unix:/run/x.sock ,http://a.b/,10.0.0.1", &targets) == 0);
  CHECK(targets.count == 5 && targets.refused == 0);
  CHECK(targets.target[0].port == 7000 && strcmp(targets.target[0].host, "ingester") == 0);
  CHECK(strcmp(targets.target[0].authority, "ingester:7000") == 0);
  CHECK(targets.target[1].port == 80 && strcmp(targets.target[1].host, "fd00::1") == 0);
  CHECK(strcmp(targets.target[1].authority, "[fd00::1]:80") == 0);
  CHECK(targets.target[2].is_local && strcmp(targets.target[2].host, "/run/x.sock") == 0);
  CHECK(strcmp(targets.target[3].host, "a.b") == 0 && targets.target[4].port == HH_DEFAULT_PORT);
  CHECK(hh_targets_parse("https://a.b:1,c:2", &targets) == 0 && targets.count == 2 && targets.refused == 0);
  CHECK(targets.target[0].is_secure && targets.target[0].port == 1 && strcmp(targets.target[0].host, "a.b") == 0);
  CHECK(strcmp(targets.target[0].authority, "a.b:1") == 0 && !targets.target[1].is_secure);
}

static void wrong_targets_are_refused(void) {
  static const char *const wrong[] = {"",     ",",     ":1",      "a:0", "a:65536", "a:x",   "a:",     "[::1",
                                      "[]:1", "a b:1", "a\r\n:1", "::1", "a:1:2",   "unix:", "[::1]1", "a:123456"};
  hh_targets targets;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    CHECK(hh_targets_parse(wrong[i], &targets) == -EINVAL && targets.count == 0);
  char list[2000] = "";
  for (int i = 0; i < 20; i++)
    strcat(list, "host:1,");
  CHECK(hh_targets_parse(list, &targets) == 0 && targets.count == HH_TARGETS_MAX && targets.refused == 12);
  memset(list, 'a', 1500);
  list[1500] = 0;
  CHECK(hh_targets_parse(list, &targets) == -EINVAL);
}

static void targets_may_be_garbage(void) {
  static const char good[] = "ingester:7000, [fd00::1]:80,unix:/run/x.sock,http://a.b/,https://x";
  for (int round = 0; round < 100000; round++) {
    size_t size;
    hh_targets targets;
    uint8_t *bad = mutate((const uint8_t *)good, sizeof good, &size);
    bad = realloc(bad, size + 1);
    bad[size] = 0;
    hh_targets_parse((const char *)bad, &targets);
    free(bad);
  }
}

static void a_token_is_one_printable_word(void) {
  char out[HH_AUTHORIZATION_MAX];
  write_file("abc.def-_~\r\n");
  CHECK(hh_grpc_authorization(path, out) == 0 && strcmp(out, "Bearer abc.def-_~") == 0);
  unlink(path);
  CHECK(hh_grpc_authorization(path, out) == -ENOENT && !*out);
  CHECK(hh_grpc_authorization("", out) == 0 && !*out);
  static const char *const wrong[] = {"", "\n", "a b", "a\nb", "a\x7f", "\x80"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    write_file(wrong[i]);
    int status = hh_grpc_authorization(path, out);
    unlink(path);
    CHECK(status == -EINVAL && !*out);
  }
}

#define CASE(name)                                                                                                     \
  { #name, name }
static const struct {
  const char *name;
  void (*run)(void);
} cases[] = {
    CASE(spool_behaves_like_its_model),
    CASE(spool_refuses_what_can_never_fit),
    CASE(server_messages_are_read),
    CASE(server_messages_may_come_in_any_pieces),
    CASE(server_messages_may_be_garbage),
    CASE(malformed_protobuf_is_refused),
    CASE(dns_answers_are_read),
    CASE(dns_answers_may_be_garbage),
    CASE(only_names_are_asked_for),
    CASE(resolv_conf_is_read),
    CASE(hosts_are_found),
    CASE(targets_are_parsed),
    CASE(wrong_targets_are_refused),
    CASE(targets_may_be_garbage),
    CASE(a_token_is_one_printable_word),
};

int main(void) {
  bool any = false;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    current = cases[i].name;
    failed = false;
    cases[i].run();
    if (!failed)
      printf("ok %s\n", current);
    any |= failed;
    fflush(stdout);
  }
  return any;
}
