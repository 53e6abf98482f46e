#include "proc_text.h"

#include <string.h>

#include "sys/sys.h"

long hh_proc_read(const char *path, char *text, size_t bytes) {
  text[0] = 0;
  int fd = hh_sys_open_read(path);
  if (fd < 0)
    return fd;
  size_t length = 0;
  long got;
  while (length < bytes - 1 && (got = hh_sys_read(fd, text + length, bytes - 1 - length)) > 0)
    length += (size_t)got;
  hh_sys_close(fd);
  text[length] = 0;
  return (long)length;
}

static void skip_blanks(const char **text) {
  while (**text == ' ' || **text == '\t')
    ++*text;
}

uint64_t hh_proc_decimal(const char **text) {
  uint64_t number = 0;
  for (skip_blanks(text); **text >= '0' && **text <= '9'; ++*text)
    number = number * 10 + (uint64_t)(**text - '0');
  return number;
}

uint64_t hh_proc_hex(const char **text) {
  uint64_t number = 0;
  for (skip_blanks(text);; ++*text) {
    char digit = **text;
    if (digit >= '0' && digit <= '9')
      number = number << 4 | (uint64_t)(digit - '0');
    else if (digit >= 'a' && digit <= 'f')
      number = number << 4 | (uint64_t)(digit - 'a' + 10);
    else
      return number;
  }
}

uint64_t hh_proc_value(const char *text, const char *key) {
  size_t length = strlen(key);
  for (const char *line = text; line; line = strchr(line, '\n')) {
    line += *line == '\n';
    if (strncmp(line, key, length) != 0)
      continue;
    const char *at = line + length;
    return hh_proc_decimal(&at);
  }
  return 0;
}
