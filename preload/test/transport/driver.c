/* The transport with a spool and a sender of its own, led by lines on standard input (see `commands`): each answers
 * with one line. Blocks are real protobuf, their contents follow from their sequence, so a server can tell whether one
 * is whole. Everything below hh_message_* and hh_modules_* is the library's code. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "binaries.h"
#include "log.h"
#include "mode.h"
#include "options.h"
#include "spool.h"
#include "sys/sys.h"
#include "transport/grpc.h"
#include "transport/transport.h"
#include "unwind/modules.h"

enum { MESSAGE_MAX = 9 << 20, NODES_PER_BLOCK = 10, DICTIONARY_PARTS = 2 };

hh_options_values hh_options;
static const hh_transport *transport = &hh_transport_grpc;
static uint8_t *message;
static uint64_t sequence, process_key;
static const char *disabled = "";
static hh_module module = {.number = 1, .path = ""};

void hh_disable(const char *reason) {
  disabled = reason;
}

void hh_mode_settings(const hh_settings *settings) {
  if (settings->stop)
    hh_disable("stopped by the server");
}

uint32_t hh_modules_count(void) {
  return module.build_id_size ? 1 : 0;
}

const hh_module *hh_module_at(uint32_t index) {
  (void)index;
  return &module;
}

/* Protobuf, as much as is needed here. */

static uint8_t *varint(uint8_t *at, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    *at++ = (uint8_t)(value | 0x80);
  *at++ = (uint8_t)value;
  return at;
}

static uint8_t *number_field(uint8_t *at, unsigned field, uint64_t value) {
  return varint(varint(at, field << 3), value);
}

static uint8_t *bytes_field(uint8_t *at, unsigned field, const uint8_t *bytes, size_t size) {
  at = varint(varint(at, field << 3 | 2), size);
  memcpy(at, bytes, size);
  return at + size;
}

static size_t client_message(unsigned kind, const uint8_t *body, size_t size, const uint8_t **out) {
  *out = message;
  return (size_t)(bytes_field(message, kind, body, size) - message);
}

size_t hh_message_hello(const uint8_t **out) {
  uint8_t body[256], *at = number_field(body, 1, 1);
  *at++ = 2 << 3 | 1;
  memcpy(at, &process_key, 8);
  at = number_field(at + 8, 4, (uint64_t)getpid());
  at = number_field(at, 16, hh_spool_first());
  at = bytes_field(at, 13, (const uint8_t *)"test", 4);
  return client_message(1, body, (size_t)(at - body), out);
}

size_t hh_message_dictionary(uint32_t part, const uint8_t **out) {
  uint32_t end = hh_spool_acked_marks().node_end;
  if (part >= DICTIONARY_PARTS || end == 0)
    return 0;
  uint32_t middle = 1 + (end - 1) / 2, from = part ? middle : 1, to = part ? end : middle;
  uint8_t body[64], *at = number_field(body, 3, from);
  at = number_field(at, 4, to - from);
  return client_message(2, body, (size_t)(at - body), out);
}

size_t hh_message_goodbye(const uint8_t **out) {
  uint8_t body[64], *at = number_field(body, 1, hh_spool_last());
  at = number_field(at, 3, 1);
  return client_message(5, body, (size_t)(at - body), out);
}

/* A block with one column of `size` bytes: byte i is the low byte of sequence * 31 + i / 7. */
static size_t make_block(size_t size) {
  static uint8_t column[MESSAGE_MAX];
  uint8_t head[64], *at = number_field(head, 1, sequence);
  for (size_t i = 0; i < size; i++)
    column[i] = (uint8_t)(sequence * 31 + i / 7);
  uint8_t column_head[16], *column_at = number_field(column_head, 1, 1);
  column_at = varint(varint(column_at, 4 << 3 | 2), size);
  size_t column_size = (size_t)(column_at - column_head) + size;
  at = varint(varint(at, 7 << 3 | 2), column_size);
  size_t body_size = (size_t)(at - head) + column_size;
  uint8_t *to = varint(varint(message, 3 << 3 | 2), body_size);
  memcpy(to, head, (size_t)(at - head));
  to += at - head;
  memcpy(to, column_head, (size_t)(column_at - column_head));
  to += column_at - column_head;
  memcpy(to, column, size);
  return (size_t)(to + size - message);
}

/* Commands. */

static bool wait_until(int (*condition)(void), long timeout_ms) {
  uint64_t end = hh_sys_monotonic_ns() / 1000000 + (uint64_t)timeout_ms;
  for (;;) {
    transport->pump();
    if (condition())
      return true;
    uint64_t now = hh_sys_monotonic_ns() / 1000000;
    if (now >= end)
      return false;
    struct pollfd fd = {.fd = -1};
    fd.fd = transport->poll_fd(&fd.events);
    int wish = transport->timeout_ms();
    int left = (int)(end - now);
    poll(&fd, 1, wish >= 0 && wish < left ? wish : left);
  }
}

static int is_drained(void) {
  return transport->drained() == 1;
}

static int is_hopeless(void) {
  return transport->drained() != 0;
}

static int has_room(void) {
  return hh_spool_has_room(1 << 20);
}

static void command_open(const char *target) {
  printf("open %d\n", transport->open(target));
}

static void command_keep(const char *arguments) {
  char directory[512];
  long bytes = 0;
  sscanf(arguments, "%511s %ld", directory, &bytes);
  printf("keep %d\n", hh_spool_keep(directory, process_key, (uint64_t)bytes));
}

static void command_put(const char *arguments) {
  long count = 0, size = 0, done = 0;
  sscanf(arguments, "%ld %ld", &count, &size);
  for (; done < count; done++) {
    sequence++;
    hh_spool_item item = {.sequence = sequence, .message = message, .size = make_block((size_t)size)};
    item.node_end = item.stack_end = (uint32_t)sequence * NODES_PER_BLOCK + 1;
    if (hh_spool_put(&item)) {
      sequence--;
      break;
    }
  }
  printf("put %ld\n", done);
}

static double milliseconds(struct timeval time) {
  return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

/* Keeps the spool filled, as a busy program does: COUNT times the same block of SIZE bytes. Answers what that cost:
 * milliseconds in user and system mode, and by the clock. */
static void command_stream(const char *arguments) {
  long count = 0, size = 0;
  struct rusage before, after;
  sscanf(arguments, "%ld %ld", &count, &size);
  size_t bytes = make_block((size_t)size);
  uint8_t *block = malloc(bytes); /* message is overwritten by Hello */
  memcpy(block, message, bytes);
  getrusage(RUSAGE_SELF, &before);
  uint64_t started = hh_sys_monotonic_ns();
  for (long i = 0; i < count; i++) {
    hh_spool_item item = {.sequence = sequence + 1, .message = block, .size = bytes};
    if (!wait_until(has_room, 30000) || hh_spool_put(&item))
      break;
    sequence++;
  }
  bool drained = wait_until(is_drained, 60000);
  getrusage(RUSAGE_SELF, &after);
  free(block);
  printf("stream %d %.1f %.1f %.1f\n", drained, milliseconds(after.ru_utime) - milliseconds(before.ru_utime),
         milliseconds(after.ru_stime) - milliseconds(before.ru_stime), (double)(hh_sys_monotonic_ns() - started) / 1e6);
}

static void command_drain(const char *arguments) {
  wait_until(is_drained, atol(arguments));
  printf("drained %d\n", transport->drained());
}

static void command_settle(const char *arguments) {
  wait_until(is_hopeless, atol(arguments));
  printf("settled %d\n", transport->drained());
}

static void command_stats(const char *arguments) {
  (void)arguments;
  hh_grpc_counters counts = hh_grpc_counts();
  short events;
  printf("{\"first\":%llu,\"last\":%llu,\"acked\":%llu,\"pages\":%llu,\"connections\":%llu,\"failures\":%llu,"
         "\"closedByApplication\":%llu,\"protocolErrors\":%llu,\"refusedTargets\":%llu,\"tlsFailures\":%llu,"
         "\"sentBytes\":%llu,"
         "\"binaryBytes\":%llu,\"binariesRefused\":%llu,\"disabled\":\"%s\",\"fd\":%d,\"hasRoom\":%d,"
         "\"timeoutMs\":%d}\n",
         (unsigned long long)hh_spool_first(), (unsigned long long)hh_spool_last(),
         (unsigned long long)hh_spool_acked(), (unsigned long long)hh_pages_bytes(),
         (unsigned long long)counts.connections, (unsigned long long)counts.failures,
         (unsigned long long)counts.closed_by_application, (unsigned long long)counts.protocol_errors,
         (unsigned long long)counts.refused_targets, (unsigned long long)counts.tls_failures,
         (unsigned long long)counts.sent_bytes, (unsigned long long)hh_binaries_sent_bytes(),
         (unsigned long long)hh_binaries_refused(), disabled, transport->poll_fd(&events), has_room(),
         transport->timeout_ms());
}

/* What daemons do at their start, and then they open files of their own, which get the same numbers. */
static void command_close_fds(const char *path) {
  for (int fd = 3; fd < 1024; fd++)
    close(fd);
  for (int i = 0; i < 100; i++)
    (void)!open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  printf("closed\n");
}

/* The application gives our number to a socket of its own. Answers how many bytes arrive at its other end. */
static void command_steal_fd(const char *arguments) {
  (void)arguments;
  int pair[2];
  short events;
  int fd = transport->poll_fd(&events);
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) || dup2(pair[0], fd) != fd) {
    printf("failed\n");
    return;
  }
  wait_until(is_drained, 10000);
  char stray[64];
  long got = read(pair[1], stray, sizeof stray);
  printf("stolen %ld %d %d\n", got, got < 0 ? errno : 0, fcntl(fd, F_GETFD) >= 0);
  close(pair[0]);
  close(pair[1]);
  close(fd);
}

static void command_module(const char *arguments) {
  static char path[512];
  char hex[2 * HH_BUILD_ID_MAX + 1];
  if (sscanf(arguments, "%64s %511s", hex, path) != 2) {
    printf("failed\n");
    return;
  }
  module.build_id_size = (uint32_t)strlen(hex) / 2;
  for (uint32_t i = 0; i < module.build_id_size; i++) {
    unsigned byte;
    sscanf(hex + 2 * i, "%2x", &byte);
    module.build_id[i] = (uint8_t)byte;
  }
  module.path = path;
  printf("module\n");
}

static void command_fork(const char *arguments) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    transport->after_fork();
    hh_spool_init(4 << 20);
    process_key++;
    sequence = 0;
    (void)!freopen("/dev/null", "w", stdout);
    command_put(arguments);
    bool drained = wait_until(is_drained, 10000);
    transport->close();
    _exit(drained ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  printf("forked %d\n", status);
}

static void command_close(const char *arguments) {
  (void)arguments;
  transport->close();
  printf("closed\n");
}

static const struct {
  const char *name;
  void (*run)(const char *arguments);
} commands[] = {
    {"keep", command_keep},     {"open", command_open},           {"put", command_put},
    {"stream", command_stream}, {"drain", command_drain},         {"settle", command_settle},
    {"stats", command_stats},   {"close-fds", command_close_fds}, {"steal-fd", command_steal_fd},
    {"module", command_module}, {"fork", command_fork},           {"close", command_close},
};

static void run(char *line) {
  char *arguments = strchr(line, ' ');
  if (arguments)
    *arguments++ = 0;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (strcmp(commands[i].name, line) == 0)
      commands[i].run(arguments ? arguments : "");
  fflush(stdout);
}

/* Pumps while it waits for the next line. */
static bool next_line(char *line, size_t room) {
  size_t size = 0;
  for (;;) {
    transport->pump();
    struct pollfd fds[2] = {{.fd = 0, .events = POLLIN}, {.fd = -1}};
    fds[1].fd = transport->poll_fd(&fds[1].events);
    poll(fds, 2, transport->timeout_ms());
    if (!fds[0].revents)
      continue;
    while (size < room - 1 && read(0, line + size, 1) == 1)
      if (line[size++] == '\n') {
        line[size - 1] = 0;
        return true;
      }
    return false;
  }
}

static void copy_option(const char *name, char *out) {
  if (getenv(name))
    snprintf(out, HH_OPTION_TEXT, "%s", getenv(name));
}

int main(int count, char **arguments) {
  char line[1024];
  const char *level = getenv("HEAPHOUND_LOG");
  hh_log_level = !level ? HH_LOG_OFF : strcmp(level, "error") == 0 ? HH_LOG_ERROR : HH_LOG_DEBUG;
  copy_option("HEAPHOUND_TOKEN_FILE", hh_options.token_file);
  copy_option("HEAPHOUND_SPOOL_DIR", hh_options.spool_dir);
  copy_option("HEAPHOUND_CA_FILE", hh_options.ca_file);
  copy_option("HEAPHOUND_CERT_FILE", hh_options.cert_file);
  copy_option("HEAPHOUND_KEY_FILE", hh_options.key_file);
  hh_options.plaintext_token = getenv("HEAPHOUND_PLAINTEXT_TOKEN") != NULL;
  message = malloc(MESSAGE_MAX + 4096);
  hh_sys_random(&process_key, sizeof process_key);
  if (!message || hh_spool_init(count > 1 ? (size_t)atol(arguments[1]) : 64 << 20))
    return 1;
  while (next_line(line, sizeof line))
    run(line);
  return 0;
}
