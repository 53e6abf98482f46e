#include "loader.h"
#include "../arena.h"
#include "module_table.h"
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

enum { PT_OF_EXIDX = 0x70000001 /* PT_ARM_EXIDX: other processors use the number for other things */ };
enum { FIRST_BYTES = 128 * 1024, BYTES_MAX = 64 * 1024 * 1024, NAME_MAX_BYTES = 4096 };

typedef struct counters {
  uint64_t adds, subs;
} counters;

static int read_counters(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  *(counters *)data = (counters){info->dlpi_adds, info->dlpi_subs};
  return 1; /* the first object is enough */
}

void hh_loader_counters(uint64_t *adds, uint64_t *subs) {
  counters found = {0, 0};
  dl_iterate_phdr(read_counters, &found);
  *adds = found.adds;
  *subs = found.subs;
}

/* The first NT_GNU_BUILD_ID of a PT_NOTE segment: notes are {name size, description size, type}, name, description,
 * each padded to the segment's alignment (4, rarely 8). */
static void read_build_id(hh_module *module, uint64_t address, uint64_t size, uint64_t align) {
  const uint64_t pad = align == 8 ? 7 : 3;
  hh_reader r = {(const uint8_t *)(uintptr_t)address, (const uint8_t *)(uintptr_t)(address + size), 0};
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

static void add_headers(hh_loaded *loaded, const struct dl_phdr_info *info) {
  const uint64_t bias = info->dlpi_addr, vdso = getauxval(AT_SYSINFO_EHDR);
  loaded->module.load_bias = bias;
  loaded->is_program = (uint64_t)(uintptr_t)info->dlpi_phdr == getauxval(AT_PHDR);
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type == PT_LOAD)
      add_load_segment(loaded, header, bias + header->p_vaddr);
    if (header->p_type == PT_GNU_EH_FRAME)
      loaded->image.header = bias + header->p_vaddr;
    if (HH_HAS_EXIDX && header->p_type == PT_OF_EXIDX) {
      loaded->image.exidx = bias + header->p_vaddr;
      loaded->image.exidx_count = (uint32_t)(header->p_memsz / 8);
    }
    if (header->p_type == PT_LOAD && vdso && bias + header->p_vaddr == vdso)
      loaded->is_vdso = 1;
  }
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    uint64_t start = bias + header->p_vaddr;
    if (header->p_type == PT_NOTE && lies_in_segment(&loaded->image, start, header->p_memsz))
      read_build_id(&loaded->module, start, header->p_memsz, header->p_align);
  }
}

/* Relative names are kept as they are; modules.c makes them absolute, outside the loader's lock. */
static int add_name(hh_snapshot *snapshot, hh_loaded *loaded, const char *name) {
  size_t length = name ? strlen(name) : 0;
  if (length >= NAME_MAX_BYTES)
    length = NAME_MAX_BYTES - 1;
  if (snapshot->names_used + length + 1 > snapshot->names_room)
    return -1;
  loaded->name_hash = 14695981039346656037u; /* FNV-1a */
  for (size_t i = 0; i < length; i++)
    loaded->name_hash = (loaded->name_hash ^ (uint8_t)name[i]) * 1099511628211u;
  loaded->name = snapshot->names_used;
  memcpy(snapshot->names + snapshot->names_used, name ? name : "", length);
  snapshot->names[snapshot->names_used + length] = 0;
  snapshot->names_used += (uint32_t)length + 1;
  return 0;
}

static int add_object(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  hh_snapshot *snapshot = data;
  snapshot->adds = info->dlpi_adds;
  snapshot->subs = info->dlpi_subs;
  if (snapshot->count == snapshot->room) {
    snapshot->overflow = 1;
    return 1;
  }
  hh_loaded *loaded = &snapshot->loaded[snapshot->count];
  memset(loaded, 0, sizeof *loaded);
  add_headers(loaded, info);
  if (!loaded->module.range_count)
    return 0; /* no code, no frames */
  if (add_name(snapshot, loaded, info->dlpi_name)) {
    snapshot->overflow = 1;
    return 1;
  }
  snapshot->count++;
  return 0;
}

int hh_snapshot_take(hh_snapshot *snapshot) {
  for (size_t bytes = FIRST_BYTES; bytes <= BYTES_MAX; bytes *= 2) {
    void *pages = hh_pages(bytes, "module list");
    if (!pages)
      return -ENOMEM;
    memset(snapshot, 0, sizeof *snapshot);
    snapshot->bytes = bytes;
    snapshot->loaded = pages;
    snapshot->room = (uint32_t)(bytes / 2 / sizeof(hh_loaded));
    snapshot->names = (char *)pages + bytes / 2;
    snapshot->names_room = (uint32_t)(bytes / 2);
    dl_iterate_phdr(add_object, snapshot);
    if (!snapshot->overflow)
      return 0;
    hh_snapshot_free(snapshot);
  }
  return -ENOMEM;
}

void hh_snapshot_free(hh_snapshot *snapshot) {
  hh_pages_free(snapshot->loaded, snapshot->bytes);
  snapshot->loaded = NULL;
}

/* --- who the loader is, and when to ask it --- */

uint64_t hh_loader_start = 1, hh_loader_size;
uint8_t hh_loader_is_libc;
uint32_t hh_loader_changes, hh_loader_seen;

static void find_loader(const hh_snapshot *snapshot) {
  const uint64_t base = getauxval(AT_BASE);
  const uint64_t iterate = (uint64_t)(uintptr_t)&dl_iterate_phdr;
  for (uint32_t i = 0; base && i < snapshot->count; i++) {
    const hh_module *module = &snapshot->loaded[i].module;
    if (module->load_bias != base)
      continue;
    hh_loader_start = module->range[0].start;
    hh_loader_size = module->range[0].size;
  }
  hh_loader_is_libc = hh_loader_contains(iterate) != 0;
}

/* Everything up to `changes` is covered; never backwards, as several threads may refresh at once. */
static void mark_seen(uint32_t changes) {
  uint32_t seen = __atomic_load_n(&hh_loader_seen, __ATOMIC_RELAXED);
  while ((int32_t)(changes - seen) > 0 &&
         !__atomic_compare_exchange_n(&hh_loader_seen, &seen, changes, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
  }
}

static int is_out_of_reach; /* a thread that held the loader's lock may have stayed in the parent */

/* The lock itself cannot be looked at. Another thread was inside the loader at that moment, or has been since somebody
 * looked: then this child goes without, and its frames in what it loads itself are guesses, and counted. */
void hh_loader_after_fork(void) {
  if (!hh_loader_is_libc &&
      __atomic_load_n(&hh_loader_changes, __ATOMIC_ACQUIRE) != __atomic_load_n(&hh_loader_seen, __ATOMIC_RELAXED))
    is_out_of_reach = 1;
}

void hh_loader_refresh(int in_loader) {
  if (is_out_of_reach)
    return;
  uint32_t changes = __atomic_load_n(&hh_loader_changes, __ATOMIC_ACQUIRE);
  uint64_t adds, subs;
  hh_snapshot snapshot;
  hh_loader_counters(&adds, &subs);
  if (!hh_modules_are_current(adds, subs)) {
    if (hh_snapshot_take(&snapshot))
      return;
    if (!hh_loader_size)
      find_loader(&snapshot);
    hh_modules_update(&snapshot, in_loader);
    hh_snapshot_free(&snapshot);
  }
  if (!in_loader)
    mark_seen(changes);
}
