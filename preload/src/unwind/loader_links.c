#include "loader_links.h"
#include "../arena.h"
#include "../sys/sys.h"
#include "arch.h"
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

enum { MOST_NAMESPACES = 16, MOST_OBJECTS = 1 << 14, MOST_HEADERS = 64, NAME_BYTES = 4096 };

/* What all C libraries have in common of struct link_map and struct r_debug: the part that debuggers read. */
typedef struct link {
  hh_word load_bias, name, dynamic, next, before;
} link;
typedef struct debug {
  int version;
  hh_word first, breakpoint;
  int state;
  hh_word loader_bias;
  hh_word next; /* of the next namespace, if version >= 2 */
} debug;
enum { WITH_NAMESPACES = 2 };

static const debug *records; /* of the first namespace; part of the loader, so always readable */

/* ---- what there was: copied parts of the records, end to end, and where they came from */

enum { WATCH_BYTES = 1 << 20, PARTS_BYTES = 256 * 1024, MOST_PARTS = PARTS_BYTES / sizeof(hh_sys_span) };
static struct {
  hh_sys_span *part;
  uint8_t *before, *now; /* WATCH_BYTES each */
  uint32_t parts, bytes;
  int is_whole; /* everything is noted */
  /* Objects of the first namespace up to here were there from the beginning and stay for good. */
  uint32_t permanent;
} watch;

static void watch_begin(void) {
  watch.parts = watch.bytes = 0;
  watch.is_whole = 1;
}

static void watch_part(const void *address, const void *content, size_t bytes) {
  if (watch.parts == MOST_PARTS || watch.bytes + bytes > WATCH_BYTES) {
    watch.is_whole = 0; /* then each look finds a change */
    return;
  }
  watch.part[watch.parts++] = (hh_sys_span){address, bytes};
  memcpy(watch.before + watch.bytes, content, bytes);
  watch.bytes += (uint32_t)bytes;
}

int hh_links_unchanged(void) {
  return watch.is_whole && hh_sys_copy(watch.now, watch.part, watch.parts) == (long)watch.bytes &&
         !memcmp(watch.now, watch.before, watch.bytes);
}

void hh_links_forget(void) {
  watch.is_whole = 0;
}

/* ---- where the records are */

static const debug *find_records(void) {
  const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR); // NOLINT: an address by definition
  const size_t count = getauxval(AT_PHNUM);
  ElfW(Addr) bias = 0;
  for (size_t i = 0; headers && i < count; i++)
    if (headers[i].p_type == PT_PHDR)
      bias = (ElfW(Addr))headers - headers[i].p_vaddr;
  for (size_t i = 0; headers && i < count; i++) {
    if (headers[i].p_type != PT_DYNAMIC)
      continue;
    for (const ElfW(Dyn) *at = (const ElfW(Dyn) *)(bias + headers[i].p_vaddr); at->d_tag != DT_NULL; at++) { // NOLINT
      if (at->d_tag == DT_DEBUG)
        return (const debug *)at->d_un.d_ptr; // NOLINT
#ifdef DT_MIPS_RLD_MAP_REL
      if (at->d_tag == DT_MIPS_RLD_MAP_REL)
        return *(const debug *const *)((uintptr_t)at + at->d_un.d_val); // NOLINT
#endif
    }
  }
  return NULL;
}

static long copy(void *out, const void *from, size_t bytes) {
  return hh_sys_copy(out, &(hh_sys_span){from, bytes}, 1);
}

static int copy_all(void *out, uint64_t from, size_t bytes) {
  return copy(out, (const void *)(uintptr_t)from, bytes) == (long)bytes ? 0 : -EFAULT;
}

int hh_links_init(void) {
  debug now;
  records = find_records();
  /* An emulator may have this call and look into its own memory. */
  if (!records || copy_all(&now, (uintptr_t)records, sizeof now) || memcmp(&now, records, sizeof now))
    return -ENOSYS;
  if (!records->first)
    return -ENOENT;
  watch.part = hh_pages_reserve(PARTS_BYTES + 2 * WATCH_BYTES, "loader records");
  if (!watch.part)
    return -ENOMEM;
  watch.before = (uint8_t *)watch.part + PARTS_BYTES;
  watch.now = watch.before + WATCH_BYTES;
  return 0;
}

/* ---- a look at one address: glibc since 2.35 keeps a table that is read without a lock */

#ifndef HH_OLD_GLIBC /* tests only: as if this one had no such table */
#define HH_OLD_GLIBC 0
#endif

#if defined(DLFO_STRUCT_HAS_EH_DBASE) && !HH_OLD_GLIBC
#pragma weak _dl_find_object

int hh_links_no_code_at(uint64_t address) {
  struct dl_find_object found;
  return _dl_find_object && _dl_find_object((void *)(uintptr_t)address, &found) != 0; // NOLINT: as above
}

/* Where the file's own header lies in memory: at the load bias, as a rule. */
static uint64_t start_of(const link *is) {
  struct dl_find_object found;
  if (_dl_find_object && _dl_find_object((void *)is->dynamic, &found) == 0) // NOLINT
    return (uint64_t)(uintptr_t)found.dlfo_map_start;
  return is->load_bias;
}
#else
int hh_links_no_code_at(uint64_t address) {
  (void)address;
  return 0;
}

static uint64_t start_of(const link *is) {
  return is->load_bias;
}
#endif

/* ---- one object */

/* Room for what is copied of an object: not on the stack, which may be 16 KiB in all. */
typedef struct scratch {
  ElfW(Ehdr) file;
  ElfW(Phdr) header[MOST_HEADERS];
  char name[NAME_BYTES + 1];
} scratch;

static int find_headers(const link *is, scratch *room, hh_described *object) {
  ElfW(Ehdr) *file = &room->file;
  const uint64_t start = start_of(is);
  if (copy_all(file, start, sizeof *file) || memcmp(file->e_ident, ELFMAG, SELFMAG) ||
      file->e_phentsize != sizeof *room->header || file->e_phnum > MOST_HEADERS)
    return -ENOEXEC;
  if (copy_all(room->header, start + file->e_phoff, file->e_phnum * sizeof *room->header))
    return -EFAULT;
  object->headers = room->header;
  object->header_count = file->e_phnum;
  /* It is this object's if it leads to the same dynamic section. */
  for (unsigned i = 0; i < file->e_phnum; i++)
    if (room->header[i].p_type == PT_DYNAMIC)
      return is->load_bias + room->header[i].p_vaddr == is->dynamic ? 0 : -ENOEXEC;
  return -ENOEXEC;
}

static void find_program(hh_described *object) {
  object->headers = (const ElfW(Phdr) *)getauxval(AT_PHDR); // NOLINT: an address by definition
  object->header_count = (unsigned)getauxval(AT_PHNUM);
  object->is_program = 1;
}

static int is_listed(const hh_snapshot *snapshot, uint64_t load_bias) {
  for (uint32_t i = 0; i < snapshot->count; i++)
    if (snapshot->loaded[i].module.load_bias == load_bias)
      return 1;
  return 0;
}

/* What tells an object from another one in its place is watched: record, name, and build id (with the other notes). */
static void watch_object(const link *is, hh_word at, const scratch *room, size_t name_bytes) {
  watch_part((const void *)at, is, sizeof *is);
  if (is->name)
    watch_part((const void *)is->name, room->name, name_bytes);
}

static void watch_build_id(const hh_snapshot *snapshot) {
  const hh_module *module = &snapshot->loaded[snapshot->count - 1].module;
  if (module->build_id_size)
    watch_part((const void *)(uintptr_t)module->build_id_address, module->build_id, module->build_id_size);
}

/* A record that cannot be read, or is not complete, is one that is being made or thrown away: it is left out, and its
 * change will be seen. */
static int add_object(hh_snapshot *snapshot, hh_word at, const link *is, scratch *room, int is_program,
                      int is_watched) {
  hh_described object = {.load_bias = is->load_bias, .name = room->name};
  const long name_bytes = is->name ? copy(room->name, (const void *)is->name, NAME_BYTES) : 0;
  room->name[name_bytes > 0 ? name_bytes : 0] = 0;
  if (is_watched)
    watch_object(is, at, room, strlen(room->name) + (name_bytes > 0));
  if (is_program)
    find_program(&object);
  else if (find_headers(is, room, &object) || is_listed(snapshot, is->load_bias))
    return 0;
  const uint32_t count = snapshot->count;
  const int status = hh_snapshot_add(snapshot, &object, copy);
  if (is_watched && snapshot->count > count)
    watch_build_id(snapshot);
  return status;
}

/* ---- the lists */

static int add_namespace(hh_snapshot *snapshot, hh_word first, scratch *room, int is_first) {
  uint32_t number = 0;
  link is;
  const int is_beginning = is_first && !watch.permanent;
  for (hh_word at = first; at && number < MOST_OBJECTS; at = is.next, number++) {
    if (copy_all(&is, at, sizeof is))
      break; /* thrown away meanwhile: the record before it has changed */
    const int is_watched = !is_first || number + 1 >= watch.permanent;
    if (is_beginning)
      watch_begin(); /* all of these are permanent: only the last one tells of further ones */
    const int status = add_object(snapshot, at, &is, room, is_first && !number, is_watched);
    if (status)
      return status;
  }
  if (is_beginning)
    watch.permanent = number;
  return 0;
}

static int add_namespaces(hh_snapshot *snapshot, scratch *room) {
  hh_word at = (hh_word)records;
  watch_begin();
  for (int number = 0; at && number < MOST_NAMESPACES; number++) {
    debug now;
    /* The C library may be too old for the last member: what follows is part of the loader too. */
    if (copy_all(&now, at, sizeof now))
      return -EFAULT;
    const int status = add_namespace(snapshot, now.first, room, number == 0);
    if (status)
      return status;
    /* The first further namespace raises the version. */
    watch_part((const void *)at, &now.version, sizeof now.version); // NOLINT: an address by definition
    if (now.version >= WITH_NAMESPACES) {
      watch_part(&((const debug *)at)->first, &now.first, sizeof now.first); // NOLINT
      watch_part(&((const debug *)at)->next, &now.next, sizeof now.next);    // NOLINT
    }
    at = now.version >= WITH_NAMESPACES ? now.next : 0;
  }
  return 0;
}

int hh_links_read(hh_snapshot *snapshot) {
  scratch *room = hh_pages(sizeof *room, "loader records");
  int status = room ? -ENOSPC : -ENOMEM;
  for (size_t bytes = HH_SNAPSHOT_BYTES; status == -ENOSPC && bytes <= HH_SNAPSHOT_BYTES_MAX; bytes *= 2) {
    status = hh_snapshot_begin(snapshot, bytes);
    if (status)
      break;
    status = add_namespaces(snapshot, room);
    if (status)
      hh_snapshot_free(snapshot);
  }
  hh_pages_free(room, sizeof *room);
  return status;
}
