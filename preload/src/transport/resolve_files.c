#include "resolve_files.h"

#include <string.h>

#include "arena.h"
#include "sys/sys.h"

enum { HOSTS_MAX = 256 << 10 };

/* A file's text, cut at the room, terminated. */
static void read_text(const char *path, char *out, size_t room) {
  size_t size = 0;
  int fd = hh_sys_open_read(path);
  if (fd >= 0) {
    long got;
    while (size < room - 1 && (got = hh_sys_read(fd, out + size, room - 1 - size)) > 0)
      size += (size_t)got;
    hh_sys_close(fd);
  }
  out[size] = 0;
}

static char *next_line(char **text) {
  char *line = *text;
  if (!*line)
    return NULL;
  while (**text && **text != '\n')
    ++*text;
  if (**text)
    *(*text)++ = 0;
  for (char *at = line; *at; at++)
    if (*at == '#' || *at == ';')
      *at = 0;
  return line;
}

static char *next_word(char **line) {
  while (**line == ' ' || **line == '\t' || **line == '\r')
    ++*line;
  char *word = *line;
  while (**line && **line != ' ' && **line != '\t' && **line != '\r')
    ++*line;
  if (**line)
    *(*line)++ = 0;
  return *word ? word : NULL;
}

static void take_options(char *line, hh_resolv_conf *out) {
  char *word;
  while ((word = next_word(&line))) {
    if (strncmp(word, "ndots:", 6) != 0)
      continue;
    unsigned dots = 0;
    for (word += 6; *word >= '0' && *word <= '9' && dots < 15; word++)
      dots = dots * 10 + (unsigned)(*word - '0');
    out->ndots = dots > 15 ? 15 : dots;
  }
}

static void take_line(char *line, hh_resolv_conf *out) {
  char *keyword = next_word(&line), *word;
  if (!keyword)
    return;
  if (strcmp(keyword, "options") == 0) {
    take_options(line, out);
  } else if (strcmp(keyword, "nameserver") == 0) {
    word = next_word(&line);
    if (word && out->servers < HH_NAME_SERVERS_MAX)
      out->server[out->servers++] = word;
  } else if (strcmp(keyword, "search") == 0 || strcmp(keyword, "domain") == 0) {
    out->searches = 0; /* the last one counts */
    while (out->searches < HH_SEARCH_MAX && (word = next_word(&line)))
      out->search[out->searches++] = word;
  }
}

void hh_resolv_conf_read(const char *path, hh_resolv_conf *out) {
  memset(out, 0, sizeof *out);
  out->ndots = 1;
  read_text(path, out->text, sizeof out->text);
  char *text = out->text, *line;
  while ((line = next_line(&text)))
    take_line(line, out);
  if (out->servers == 0)
    out->server[out->servers++] = "127.0.0.1";
}

/* Host names are ASCII without regard to case. */
static int same_name(const char *a, const char *b) {
  for (; *a && *b; a++, b++) {
    char x = *a, y = *b;
    if (x >= 'A' && x <= 'Z')
      x = (char)(x + 32);
    if (y >= 'A' && y <= 'Z')
      y = (char)(y + 32);
    if (x != y)
      return 0;
  }
  return *a == *b;
}

void hh_hosts_find(const char *path, const char *host, void (*on_address)(const char *address)) {
  char *pages = hh_pages(HOSTS_MAX, "heaphound hosts"), *text = pages, *line, *name;
  if (!pages)
    return;
  read_text(path, pages, HOSTS_MAX);
  while ((line = next_line(&text))) {
    char *address = next_word(&line);
    while (address && (name = next_word(&line))) {
      if (same_name(name, host)) {
        on_address(address);
        break;
      }
    }
  }
  hh_pages_free(pages, HOSTS_MAX);
}
