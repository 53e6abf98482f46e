/* For architectures without a patch_ARCH.c (the Makefile picks): allocators inside the executable are named, and their
 * calls are not seen. */
#include "patch.h"

const char *hh_patch_prepare(void *function, size_t size, const void *hook, void **original) {
  (void)function, (void)size, (void)hook, (void)original;
  return "functions are not changed on this architecture";
}

void hh_patch_forget(void) {}

const char *hh_patch_commit(void) {
  return NULL;
}
