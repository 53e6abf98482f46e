#include "binaries.h"

#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

#include "arena.h"
#include "binaries_elf.h"
#include "log.h"
#include "sys/sys.h"
#include "unwind/modules.h"

enum { CHUNK = 256 << 10, HEADER_ROOM = 256, BUFFER = HEADER_ROOM + CHUNK, QUEUE = 512 };
static const uint64_t FILE_MAX = 2ull << 30;

/* Field numbers of packages/wire/proto/heaphound/v1/ingest.proto. */
enum { CLIENT_BINARY_CHUNK = 4 };
enum { CHUNK_BUILD_ID = 1, CHUNK_OFFSET = 2, CHUNK_FILE_SIZE = 3, CHUNK_DATA = 4, CHUNK_ERROR = 5 };
enum { VARINT = 0, BYTES = 2 };

typedef struct build_id {
  uint8_t size;
  uint8_t bytes[HH_BUILD_ID_MAX];
} build_id;

static struct {
  build_id queue[QUEUE]; /* a ring: asked for, not begun; [head] is the one under way while uploading */
  uint32_t head, count;
  int uploading, fd;
  const uint8_t *memory; /* instead of a file */
  uint64_t offset, file_size;
  uint8_t *buffer; /* HEADER_ROOM, then data; there only while something is asked for */
  uint64_t sent_bytes, refused;
} state;

static uint8_t *put_varint(uint8_t *at, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    *at++ = (uint8_t)(value | 0x80);
  *at++ = (uint8_t)value;
  return at;
}

static uint8_t *put_tag(uint8_t *at, unsigned number, unsigned type) {
  return put_varint(at, number << 3 | type);
}

/* Puts both headers right in front of the data, which stands at HEADER_ROOM already. */
static size_t finish(const build_id *id, unsigned field, size_t data_size, const uint8_t **message) {
  uint8_t inner[HEADER_ROOM / 2], outer[16];
  uint8_t *at = put_varint(put_tag(inner, CHUNK_BUILD_ID, BYTES), id->size);
  memcpy(at, id->bytes, id->size);
  at += id->size;
  at = put_varint(put_tag(at, CHUNK_OFFSET, VARINT), state.offset);
  at = put_varint(put_tag(at, CHUNK_FILE_SIZE, VARINT), state.file_size);
  if (data_size > 0)
    at = put_varint(put_tag(at, field, BYTES), data_size);
  size_t inner_size = (size_t)(at - inner);
  at = put_varint(put_tag(outer, CLIENT_BINARY_CHUNK, BYTES), inner_size + data_size);
  size_t outer_size = (size_t)(at - outer);
  uint8_t *start = state.buffer + HEADER_ROOM - inner_size - outer_size;
  memcpy(start, outer, outer_size);
  memcpy(start + outer_size, inner, inner_size);
  *message = start;
  return outer_size + inner_size + data_size;
}

static int same_build_id(const hh_module *module, const build_id *id) {
  return module->build_id_size == id->size && memcmp(module->build_id, id->bytes, id->size) == 0;
}

static const hh_module *find_module(const build_id *id) {
  for (uint32_t i = 0, count = hh_modules_count(); i < count; i++) {
    const hh_module *module = hh_module_at(i);
    if (same_build_id(module, id))
      return module;
  }
  return NULL;
}

static int is_queued(const build_id *id) {
  for (uint32_t i = 0; i < state.count; i++) {
    const build_id *queued = &state.queue[(state.head + i) % QUEUE];
    if (queued->size == id->size && memcmp(queued->bytes, id->bytes, id->size) == 0)
      return 1;
  }
  return 0;
}

void hh_binaries_request(const uint8_t *bytes, size_t size, uint32_t module) {
  build_id id = {.size = (uint8_t)size};
  (void)module; /* the build id says it all */
  if (size == 0 || size > HH_BUILD_ID_MAX || state.count == QUEUE) {
    state.refused++;
    return;
  }
  memcpy(id.bytes, bytes, size);
  if (!find_module(&id)) {
    state.refused++;
    return;
  }
  if (!is_queued(&id))
    state.queue[(state.head + state.count++) % QUEUE] = id;
}

int hh_binaries_pending(void) {
  return state.count > 0;
}

static int open_with_build_id(const char *path, const build_id *id) {
  int fd = hh_sys_open_read(path);
  if (fd < 0)
    return fd;
  int status = hh_elf_has_build_id(fd, id->bytes, id->size);
  if (status == 1)
    return fd;
  hh_sys_close(fd);
  return status < 0 ? status : -ESTALE;
}

/* The kernel's object is no file, but lies in memory as one would, section headers included. */
static int begin_vdso(void) {
  enum { VDSO_MAX = 1 << 20 };
  const ElfW(Ehdr) *image = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR); // NOLINT: an address by definition
  if (!image || image->e_shoff > VDSO_MAX)
    return -ENODEV;
  state.file_size = (uint64_t)image->e_shoff + (uint64_t)image->e_shnum * image->e_shentsize;
  if (state.file_size > VDSO_MAX || !hh_sys_readable(image, state.file_size))
    return -ENODEV;
  state.memory = (const uint8_t *)image;
  state.uploading = 1;
  state.offset = 0;
  return 0;
}

static int begin(const build_id *id) {
  const hh_module *module = find_module(id);
  if (!module)
    return -ENOENT;
  if (strcmp(module->path, "[vdso]") == 0)
    return begin_vdso();
  if (module->path[0] != '/')
    return -ENODEV;
  int fd = open_with_build_id(module->path, id);
  if (fd < 0) { /* replaced or removed since: the kernel still has the executable */
    int of_executable = open_with_build_id("/proc/self/exe", id);
    fd = of_executable < 0 ? fd : of_executable;
  }
  if (fd < 0)
    return fd;
  int status = hh_sys_file_size(fd, &state.file_size);
  if (!status && state.file_size > FILE_MAX)
    status = -EFBIG;
  if (status) {
    hh_sys_close(fd);
    return status;
  }
  state.fd = fd;
  state.uploading = 1;
  state.offset = 0;
  hh_log(HH_LOG_DEBUG, "sending %s, %llu bytes", module->path, (unsigned long long)state.file_size);
  return 0;
}

static void close_current(void) {
  if (state.uploading && !state.memory)
    hh_sys_close(state.fd);
  state.uploading = 0;
  state.memory = NULL;
}

static void end_current(void) {
  close_current();
  state.head = (state.head + 1) % QUEUE;
  state.count--;
}

static const char *explain(int status) {
  switch (status) {
  case -ENOENT:
    return "the file is not there any more";
  case -ENODEV:
    return "the module is not a file";
  case -EACCES:
    return "the process may not read the file";
  case -ESTALE:
    return "the file was replaced: its build id differs";
  case -ENOEXEC:
    return "the file is not ELF";
  case -EFBIG:
    return "the file is larger than 2 GiB";
  default:
    return "the file cannot be read";
  }
}

static size_t fail(const build_id *id, int status, const uint8_t **message) {
  const char *text = explain(status);
  size_t size = strlen(text);
  hh_log(status == -ENODEV ? HH_LOG_DEBUG : HH_LOG_INFO, "a binary was not sent: %s (error %d)", text, -status);
  memcpy(state.buffer + HEADER_ROOM, text, size);
  size_t total = finish(id, CHUNK_ERROR, size, message);
  end_current();
  return total;
}

static long read_next(size_t bytes) {
  if (!state.memory)
    return hh_sys_pread(state.fd, state.buffer + HEADER_ROOM, bytes, state.offset);
  memcpy(state.buffer + HEADER_ROOM, state.memory + state.offset, bytes);
  return (long)bytes;
}

/* The chunk at state.offset; behind the end of the file an empty one, which ends the upload. */
static size_t next_chunk(const build_id *id, const uint8_t **message) {
  uint64_t left = state.file_size - state.offset;
  size_t wanted = left < CHUNK ? (size_t)left : CHUNK;
  long got = wanted ? read_next(wanted) : 0;
  if (got < 0 || (got == 0 && wanted > 0))
    return fail(id, got < 0 ? (int)got : -EIO, message);
  size_t total = finish(id, CHUNK_DATA, (size_t)got, message);
  state.offset += (uint64_t)got;
  state.sent_bytes += (uint64_t)got;
  if (wanted == 0)
    end_current();
  return total;
}

static void free_buffer(void) {
  if (state.buffer)
    hh_pages_free(state.buffer, BUFFER);
  state.buffer = NULL;
}

size_t hh_binaries_next(const uint8_t **message) {
  if (state.count == 0) {
    free_buffer();
    return 0;
  }
  if (!state.buffer)
    state.buffer = hh_pages(BUFFER, "heaphound upload");
  if (!state.buffer)
    return 0;
  build_id id = state.queue[state.head];
  int status = state.uploading ? 0 : begin(&id);
  if (!status)
    return next_chunk(&id, message);
  state.offset = state.file_size = 0;
  return fail(&id, status, message);
}

void hh_binaries_reset(void) {
  close_current();
  free_buffer();
  state.head = state.count = 0;
}

uint64_t hh_binaries_sent_bytes(void) {
  return state.sent_bytes;
}

uint64_t hh_binaries_refused(void) {
  return state.refused;
}
