#include "snapshot.h"
#include "../arena.h"
#include "arch.h"
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

enum { PT_OF_EXIDX = 0x70000001 /* PT_ARM_EXIDX: other processors use the number for other things */ };
enum { NAME_MAX_BYTES = 4096, NOTES_MAX_BYTES = 4096 };

int hh_snapshot_begin(hh_snapshot *snapshot, size_t bytes) {
  void *pages = hh_pages(bytes, "module list");
  if (!pages)
    return -ENOMEM;
  *snapshot = (hh_snapshot){.bytes = bytes,
                            .loaded = pages,
                            .room = (uint32_t)(bytes / 2 / sizeof(hh_loaded)),
                            .names = (char *)pages + bytes / 2,
                            .names_room = (uint32_t)(bytes / 2)};
  return 0;
}

void hh_snapshot_free(hh_snapshot *snapshot) {
  hh_pages_free(snapshot->loaded, snapshot->bytes);
  snapshot->loaded = NULL;
}

int hh_snapshot_is_program(const ElfW(Phdr) * headers) {
  return (uint64_t)(uintptr_t)headers == getauxval(AT_PHDR);
}

/* The first NT_GNU_BUILD_ID of a PT_NOTE segment: notes are {name size, description size, type}, name, description,
 * each padded to the segment's alignment (4, rarely 8). */
static void read_build_id(hh_module *module, uint64_t start, hh_reader r, uint64_t align) {
  const uint8_t *begin = r.at;
  const uint64_t pad = align == 8 ? 7 : 3;
  while (hh_read_left(&r) >= 12 && !module->build_id_size) {
    uint32_t name_size = hh_read_u32(&r), id_size = hh_read_u32(&r), type = hh_read_u32(&r);
    const uint8_t *name = r.at;
    hh_read_skip(&r, (name_size + pad) & ~pad);
    const uint8_t *id = r.at;
    hh_read_skip(&r, (id_size + pad) & ~pad);
    if (r.bad)
      return;
    if (type != NT_GNU_BUILD_ID || name_size != 4 || memcmp(name, "GNU", 4) || !id_size)
      continue;
    module->build_id_size = id_size < HH_BUILD_ID_MAX ? id_size : HH_BUILD_ID_MAX;
    memcpy(module->build_id, id, module->build_id_size);
    module->build_id_address = start + (uint64_t)(id - begin);
  }
}

static void add_load_segment(hh_loaded *loaded, const ElfW(Phdr) * header, uint64_t start) {
  hh_module *module = &loaded->module;
  hh_image *image = &loaded->image;
  if ((header->p_flags & PF_X) && module->range_count < HH_MODULE_RANGES) {
    module->range[module->range_count].start = start;
    module->range[module->range_count++].size = header->p_memsz;
  }
  if ((header->p_flags & PF_R) && image->segment_count < HH_IMAGE_SEGMENTS) {
    image->segment[image->segment_count].start = start;
    image->segment[image->segment_count++].end = start + header->p_memsz;
  }
}

static int lies_in_segment(const hh_image *image, uint64_t address, uint64_t size) {
  hh_reader r = hh_image_reader(image, address);
  return !r.bad && size <= hh_read_left(&r);
}

static void add_notes(hh_loaded *loaded, const ElfW(Phdr) * header, hh_copy *copy, uint8_t *scratch) {
  const uint64_t start = loaded->module.load_bias + header->p_vaddr;
  if (header->p_type != PT_NOTE || !lies_in_segment(&loaded->image, start, header->p_memsz))
    return;
  const size_t bytes = header->p_memsz < NOTES_MAX_BYTES ? header->p_memsz : NOTES_MAX_BYTES;
  const long got = copy(scratch, (const void *)(uintptr_t)start, bytes);
  if (got > 0)
    read_build_id(&loaded->module, start, (hh_reader){scratch, scratch + got, 0}, header->p_align);
}

static void add_header(hh_loaded *loaded, const ElfW(Phdr) * header, uint64_t vdso) {
  const uint64_t start = loaded->module.load_bias + header->p_vaddr;
  if (header->p_type == PT_LOAD)
    add_load_segment(loaded, header, start);
  if (header->p_type == PT_GNU_EH_FRAME)
    loaded->image.header = start;
  if (HH_HAS_EXIDX && header->p_type == PT_OF_EXIDX) {
    loaded->image.exidx = start;
    loaded->image.exidx_count = (uint32_t)(header->p_memsz / 8);
  }
  if (header->p_type == PT_LOAD && vdso && start == vdso)
    loaded->is_vdso = 1;
}

/* Relative names are kept as they are; module_path.c makes them absolute. */
static int add_name(hh_snapshot *snapshot, hh_loaded *loaded, const char *name) {
  size_t length = name ? strnlen(name, NAME_MAX_BYTES - 1) : 0;
  if (snapshot->names_used + length + 1 > snapshot->names_room)
    return -ENOSPC;
  loaded->name_hash = 14695981039346656037u; /* FNV-1a */
  for (size_t i = 0; i < length; i++)
    loaded->name_hash = (loaded->name_hash ^ (uint8_t)name[i]) * 1099511628211u;
  loaded->name = snapshot->names_used;
  if (length)
    memcpy(snapshot->names + snapshot->names_used, name, length);
  snapshot->names[snapshot->names_used + length] = 0;
  snapshot->names_used += (uint32_t)length + 1;
  return 0;
}

int hh_snapshot_add(hh_snapshot *snapshot, const hh_described *object, hh_copy *copy) {
  /* A thread's stack may be 16 KiB in all: the notes go where the next name would. */
  if (snapshot->count == snapshot->room || snapshot->names_room - snapshot->names_used < NOTES_MAX_BYTES)
    return -ENOSPC;
  hh_loaded *loaded = &snapshot->loaded[snapshot->count];
  memset(loaded, 0, sizeof *loaded);
  loaded->module.load_bias = object->load_bias;
  loaded->is_program = object->is_program;
  const uint64_t vdso = getauxval(AT_SYSINFO_EHDR);
  for (unsigned i = 0; i < object->header_count; i++)
    add_header(loaded, &object->headers[i], vdso);
  if (!loaded->module.range_count)
    return 0; /* no code, no frames */
  for (unsigned i = 0; i < object->header_count; i++)
    add_notes(loaded, &object->headers[i], copy, (uint8_t *)snapshot->names + snapshot->names_used);
  int status = add_name(snapshot, loaded, object->name);
  if (!status)
    snapshot->count++;
  return status;
}
