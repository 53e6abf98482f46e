/* The messages that a transport asks for beside blocks: Hello, Dictionary, Goodbye. */
#include <string.h>

#include "allocators.h"
#include "arch_name.h"
#include "arena.h"
#include "common.h"
#include "dictionary.h"
#include "libc.h"
#include "mode.h"
#include "options.h"
#include "pb.h"
#include "process.h"
#include "ring.h"
#include "spool.h"
#include "sys/sys.h"
#include "transport/transport.h"

enum { HELLO = 1, DICTIONARY = 2, GOODBYE = 5 };
enum { PROTOCOL_VERSION = 1, PAGE = 4096, MESSAGE_BYTES = 8 << 20 };
enum { MAX_ARGUMENT = 4 << 10, MAX_ARGUMENTS = 64 << 10, MAX_PATH = 4096 };

/* In glibc only. */
extern const char *gnu_get_libc_version(void) __attribute__((weak));

static uint8_t *buffer;

static bool open_message(hh_pb *pb) {
  if (!buffer)
    buffer = hh_pages_reserve(MESSAGE_BYTES, "heaphound message");
  if (buffer)
    hh_pb_open(pb, buffer, MESSAGE_BYTES);
  return buffer;
}

static size_t finish(const hh_pb *pb, const uint8_t **message) {
  *message = buffer;
  return hh_pb_size(pb);
}

static void put_executable(hh_pb *pb) {
  char path[MAX_PATH];
  long length = hh_sys_readlink("/proc/self/exe", path, sizeof path);
  if (length > 0)
    hh_pb_text(pb, 7, path);
}

static void put_arguments(hh_pb *pb) {
  static char arguments[MAX_ARGUMENTS];
  int fd = hh_sys_open_read("/proc/self/cmdline");
  if (fd < 0)
    return;
  long bytes = hh_sys_read(fd, arguments, sizeof arguments - 1);
  hh_sys_close(fd);
  for (char *at = arguments, *end = arguments + (bytes > 0 ? bytes : 0); at < end;) {
    size_t length = strnlen(at, (size_t)(end - at));
    hh_pb_element(pb, 8, at, length < MAX_ARGUMENT ? length : MAX_ARGUMENT);
    at += length + 1;
  }
}

static void put_libc(hh_pb *pb) {
  char text[64] = "glibc ";
  if (!gnu_get_libc_version) {
    hh_pb_text(pb, 11, "musl");
    return;
  }
  const char *version = gnu_get_libc_version();
  size_t room = sizeof text - strlen(text) - 1, length = strnlen(version, room);
  memcpy(text + strlen(text), version, length);
  hh_pb_text(pb, 11, text);
}

static const char *base_name(const char *path) {
  const char *name = path;
  for (; *path; path++)
    if (*path == '/')
      name = path + 1;
  return name;
}

static void put_allocator(hh_pb *pb) {
  hh_pb_text(pb, 18, base_name(hh_allocators_module()));
  hh_allocators_put_serving(pb, 24, 25);
}

static void put_pod(hh_pb *pb) {
  if (!hh_options.pod_name[0])
    return;
  uint8_t *body = hh_pb_begin(pb, 17);
  hh_pb_text(pb, 1, hh_options.pod_namespace);
  hh_pb_text(pb, 2, hh_options.pod_name);
  hh_pb_text(pb, 3, hh_options.pod_uid);
  hh_pb_text(pb, 4, hh_options.pod_container);
  hh_pb_text(pb, 5, hh_options.pod_node);
  hh_pb_end(pb, body);
}

static void put_hostname(hh_pb *pb) {
  char name[65];
  if (hh_sys_hostname(name, sizeof name) == 0)
    hh_pb_text(pb, 9, name);
}

/* So marked, heaphound-init finds it in the file (init/library.c): the compiler must not see what is done with it. */
static const char *version(void) {
  const char *marked = "HEAPHOUND_VERSION=" HH_VERSION;
  __asm__("" : "+r"(marked));
  return strchr(marked, '=') + 1;
}

size_t hh_message_hello(const uint8_t **message) {
  hh_pb pb;
  if (!open_message(&pb))
    return 0;
  uint8_t *body = hh_pb_begin(&pb, HELLO);
  hh_pb_uint(&pb, 1, PROTOCOL_VERSION);
  hh_pb_fixed64(&pb, 2, hh_identity.key);
  hh_pb_fixed64(&pb, 3, hh_identity.parent_key);
  hh_pb_uint(&pb, 4, (uint64_t)hh_identity.pid);
  hh_pb_uint(&pb, 5, (uint64_t)hh_identity.parent_pid);
  hh_pb_fixed64(&pb, 6, hh_identity.started_unix_ns);
  put_executable(&pb);
  put_arguments(&pb);
  put_hostname(&pb);
  hh_pb_text(&pb, 10, HH_ARCH_NAME);
  put_libc(&pb);
  hh_pb_uint(&pb, 12, PAGE);
  hh_pb_text(&pb, 13, version());
  hh_pb_uint(&pb, 14, hh_mode_first());
  hh_pb_uint(&pb, 15, hh_ring_free_stacks);
  hh_pb_uint(&pb, 16, hh_spool_first());
  put_pod(&pb);
  put_allocator(&pb);
  hh_pb_uint(&pb, 19, MESSAGE_BYTES);
  hh_pb_end(&pb, body);
  return finish(&pb, message);
}

size_t hh_message_dictionary(uint32_t index, const uint8_t **message) {
  hh_spool_item acked = hh_spool_acked_marks();
  hh_marks marks = {
      .node = acked.node_end, .stack = acked.stack_end, .module = acked.module_end, .thread = acked.thread_end};
  hh_pb pb;
  if (acked.sequence == 0 || !open_message(&pb) || !hh_dictionary_put_part(&pb, DICTIONARY, &marks, index))
    return 0;
  return finish(&pb, message);
}

size_t hh_message_goodbye(const uint8_t **message) {
  hh_pb pb;
  if (!open_message(&pb))
    return 0;
  uint8_t *body = hh_pb_begin(&pb, GOODBYE);
  hh_pb_uint(&pb, 1, hh_spool_last());
  hh_pb_fixed64(&pb, 2, hh_process_ended_unix_ns());
  hh_pb_uint(&pb, 3, hh_process_end_reason());
  hh_pb_end(&pb, body);
  return finish(&pb, message);
}
