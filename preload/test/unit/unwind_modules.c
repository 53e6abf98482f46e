/* The numbered modules: executable, libraries and vDSO; a library loaded, unloaded and another one loaded in its place.
 * Needs the plugins that stand beside the test programs. */
#include "check.h"
#include "unwind/modules.h"
#include "unwind/unwind.h"
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const hh_module *module_of(const void *address) {
  for (uint32_t i = hh_modules_count(); i-- > 0;) {
    const hh_module *module = hh_module_at(i);
    for (uint32_t j = 0; j < module->range_count; j++) {
      if ((uint64_t)(uintptr_t)address - module->range[j].start < module->range[j].size && !module->unload_node)
        return module;
    }
  }
  return NULL;
}

static uint64_t size_of(const char *path) {
  struct stat status;
  return stat(path, &status) ? 0 : (uint64_t)status.st_size;
}

/* The linker's own word for the build id. */
static int has_build_id(const hh_module *module) {
  char command[5000], text[256] = "";
  snprintf(command, sizeof command, "readelf -n '%s' 2>/dev/null | sed -n 's/.*Build ID: //p'", module->path);
  FILE *pipe = popen(command, "r");
  if (!pipe || !fgets(text, sizeof text, pipe))
    text[0] = 0;
  if (pipe)
    pclose(pipe);
  char own[2 * HH_BUILD_ID_MAX + 1] = "";
  for (uint32_t i = 0; i < module->build_id_size; i++)
    snprintf(own + 2 * i, 3, "%02x", module->build_id[i]);
  return own[0] && !strncmp(text, own, strlen(own));
}

typedef void (*function)(void);

static function load(void **library, const char *path) {
  *library = dlopen(path, RTLD_NOW);
  void *found = *library ? dlsym(*library, "plugin") : NULL;
  function result;
  memcpy(&result, &found, sizeof result);
  hh_unwind_refresh();
  return result;
}

int main(void) {
  char self[4096] = "", directory[4096];
  if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0)
    return 1;
  strcpy(directory, self);
  *strrchr(directory, '/') = 0;
  CHECK("init", !hh_stacks_init() && !hh_unwind_init());

  const hh_module *program = module_of((const void *)(uintptr_t)&module_of),
                  *libc = module_of((const void *)(uintptr_t)&popen);
  if (!CHECK("the program and libc are known", program && libc))
    return hh_check_end();
  CHECK("path of the program", !strcmp(program->path, self));
  CHECK("size of its file", program->file_size == size_of(self));
  CHECK("build id of the program", has_build_id(program));
  CHECK("build id of libc", has_build_id(libc));
  Dl_info info;
  CHECK("load bias",
        dladdr((const void *)(uintptr_t)&popen, &info) && libc->load_bias == (uint64_t)(uintptr_t)info.dli_fbase);
  int vdsos = 0, numbers = 0, first_nodes = 0;
  for (uint32_t i = 0; i < hh_modules_count(); i++) {
    vdsos += !strcmp(hh_module_at(i)->path, "[vdso]");
    numbers += hh_module_at(i)->number == i + 1;
    first_nodes += hh_module_at(i)->first_node == 1;
  }
  CHECK("one vdso", vdsos == 1);
  CHECK("numbers from 1", numbers == (int)hh_modules_count());
  CHECK("there from the first node on", first_nodes == (int)hh_modules_count());

  uint32_t count = hh_modules_count(), root = hh_stacks_root();
  if (chdir(directory) || chdir("../glibc/O2"))
    return 1;
  void *library;
  function small = load(&library, "./plugin_small.so");
  if (!CHECK("plugin", small))
    return hh_check_end();
  const hh_module *first = module_of((const void *)(uintptr_t)small);
  CHECK("a loaded library is a new module", first && first->number == count + 1 && hh_modules_count() == count + 1);
  CHECK("a relative name became absolute",
        first->path[0] == '/' && size_of(first->path) == first->file_size && first->file_size);
  hh_unwind_refresh();
  CHECK("nothing changes without need",
        hh_modules_count() == count + 1 && hh_modules_unloads() == 0 && hh_stacks_root() == root);

  dlclose(library);
  hh_unwind_refresh();
  CHECK("an unload is a mark", hh_modules_unloads() == 1 && first->unload_node == hh_stacks_count() + 1);
  function again = load(&library, "./plugin_small.so");
  const hh_module *same = module_of((const void *)(uintptr_t)again);
  CHECK("the same file again: a new number, the old stacks",
        same && same->number == count + 2 && hh_stacks_root() == root);
  dlclose(library);
  function large = load(&library, "./plugin_large.so");
  const hh_module *other = module_of((const void *)(uintptr_t)large);
  if (CHECK("loaded where the other one was", large == small)) {
    CHECK("another file in its place",
          other && other->number == count + 3 && same->unload_node && hh_modules_unloads() == 2);
    CHECK("begins a new generation of stacks", hh_stacks_root() != root && other->first_node > hh_stacks_root());
  }
  return hh_check_end();
}
