#include "module_path.h"
#include "../arena.h"
#include "../sys/sys.h"
#include "section.h"
#include "snapshot.h"
#include <string.h>

enum { CHUNK_BYTES = 16 * 1024, PATH_BYTES = 4096 };

static char *chunk; /* under the rules' lock */
static size_t chunk_left;

const char *hh_module_path_keep(const char *path) {
  size_t bytes = strlen(path) + 1;
  if (bytes > chunk_left) {
    char *fresh = hh_pages(CHUNK_BYTES, "module paths");
    if (!fresh)
      return "";
    chunk = fresh;
    chunk_left = CHUNK_BYTES;
  }
  char *kept = memcpy(chunk, path, bytes);
  chunk += bytes;
  chunk_left -= bytes;
  return kept;
}

/* Replaces an object's name; when there is no room the old one stays. */
static void set_name(hh_snapshot *snapshot, hh_loaded *loaded, const char *name) {
  size_t bytes = strlen(name) + 1;
  if (bytes > PATH_BYTES || snapshot->names_used + bytes > snapshot->names_room)
    return;
  loaded->name = snapshot->names_used;
  memcpy(snapshot->names + loaded->name, name, bytes);
  snapshot->names_used += (uint32_t)bytes;
}

/* dlopen("./plugin.so") leaves a relative name: it was relative to the directory of that moment, most likely this one.
 */
static void prepend_directory(hh_snapshot *snapshot, hh_loaded *loaded, char *scratch) {
  const char *name = snapshot->names + loaded->name;
  long length = hh_sys_readlink("/proc/self/cwd", scratch, PATH_BYTES);
  size_t size = strlen(name) + 1;
  if (length <= 0 || (size_t)length + 1 + size > PATH_BYTES)
    return;
  scratch[length] = '/';
  memcpy(scratch + length + 1, name, size);
  set_name(snapshot, loaded, scratch);
}

static void look_at_file(const char *path, hh_loaded *loaded) {
  int fd = path[0] == '/' ? hh_sys_open_read(path) : -1;
  if (fd < 0)
    return;
  if (hh_sys_file_size(fd, &loaded->module.file_size))
    loaded->module.file_size = 0;
  if (!loaded->image.header)
    hh_section_find_eh_frame(fd, loaded);
  hh_sys_close(fd);
}

static void resolve(hh_snapshot *snapshot, hh_loaded *loaded, char *scratch) {
  const char *name = snapshot->names + loaded->name;
  if (loaded->is_vdso) {
    set_name(snapshot, loaded, "[vdso]");
    return;
  }
  if (loaded->is_program || !name[0]) {
    if (hh_sys_readlink("/proc/self/exe", scratch, PATH_BYTES) > 0)
      set_name(snapshot, loaded, scratch);
  } else if (name[0] != '/' && strchr(name, '/')) {
    prepend_directory(snapshot, loaded, scratch);
  }
  look_at_file(snapshot->names + loaded->name, loaded);
}

void hh_module_paths_resolve(hh_snapshot *snapshot) {
  char *scratch = hh_pages(PATH_BYTES, "module paths"); /* a thread's stack may be 16 KiB in all */
  if (!scratch)
    return;
  for (uint32_t i = 0; i < snapshot->count; i++) {
    if (!snapshot->loaded[i].is_known)
      resolve(snapshot, &snapshot->loaded[i], scratch);
  }
  hh_pages_free(scratch, PATH_BYTES);
}
