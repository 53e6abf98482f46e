/* The two files that say how names are found. Read anew for each look-up: both may change while a process runs. */
#ifndef HH_RESOLVE_FILES_H
#define HH_RESOLVE_FILES_H
#include <stddef.h>

enum { HH_NAME_SERVERS_MAX = 3, HH_SEARCH_MAX = 6, HH_RESOLV_TEXT_MAX = 4096, HH_ADDRESS_TEXT_MAX = 64 };

typedef struct hh_resolv_conf {
  unsigned servers, searches, ndots;
  const char *server[HH_NAME_SERVERS_MAX];
  const char *search[HH_SEARCH_MAX];
  char text[HH_RESOLV_TEXT_MAX]; /* what the pointers point into */
} hh_resolv_conf;

/* Takes a missing file for one that names 127.0.0.1, as libc does. */
void hh_resolv_conf_read(const char *path, hh_resolv_conf *out);
/* Calls on_address with the text of each address that the file gives for the host. */
void hh_hosts_find(const char *path, const char *host, void (*on_address)(const char *address));
#endif
