/* Puts a file in its place so that whoever opens that name sees the old one or the whole new one. */
#ifndef HH_INIT_INSTALL_H
#define HH_INIT_INSTALL_H
#include <stddef.h>
#include <stdint.h>

typedef struct hh_content { /* from a file, or from memory when fd is -1 */
  int fd;
  const char *bytes;
  uint64_t size;
} hh_content;

/* directory/name, mode 0755, on disk before it gets its name. 0 or -errno, then nothing is left behind. */
int hh_install(const char *directory, const char *name, const hh_content *content);
/* Removes what copiers that were killed have left; those at work hold a lock on theirs. */
void hh_install_clean(const char *directory, const char *name);
#endif
