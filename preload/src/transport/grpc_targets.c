#include "grpc_targets.h"

#include <errno.h>
#include <string.h>

#include "log.h"

/* A part of the list; not terminated. */
typedef struct span {
  const char *at;
  size_t size;
} span;

static int starts_with(span text, const char *prefix) {
  return text.size >= strlen(prefix) && memcmp(text.at, prefix, strlen(prefix)) == 0;
}

static span skip(span text, size_t bytes) {
  return (span){text.at + bytes, text.size - bytes};
}

static span trim(span text) {
  while (text.size && *text.at == ' ')
    text = skip(text, 1);
  while (text.size && (text.at[text.size - 1] == ' ' || text.at[text.size - 1] == '/'))
    text.size--;
  return text;
}

static int parse_port(span digits, uint16_t *port) {
  unsigned value = 0;
  if (digits.size == 0 || digits.size > 5)
    return -EINVAL;
  for (size_t i = 0; i < digits.size; i++) {
    if (digits.at[i] < '0' || digits.at[i] > '9')
      return -EINVAL;
    value = value * 10 + (unsigned)(digits.at[i] - '0');
  }
  if (value == 0 || value > UINT16_MAX)
    return -EINVAL;
  *port = (uint16_t)value;
  return 0;
}

/* Letters, digits and what addresses use: nothing that could break out of a header or a DNS name. */
static int is_host(span host) {
  for (size_t i = 0; i < host.size; i++) {
    char c = host.at[i];
    int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && !memchr(".-_:", c, 4))
      return 0;
  }
  return host.size > 0 && host.size < HH_HOST_MAX;
}

static int parse_local(span path, hh_target *out) {
  if (path.size == 0 || path.size >= HH_HOST_MAX)
    return -EINVAL;
  memcpy(out->host, path.at, path.size);
  memcpy(out->authority, "localhost", sizeof "localhost");
  out->is_local = 1;
  return 0;
}

static int parse_one(span text, hh_target *out) {
  span host = text, rest = {text.at + text.size, 0};
  memset(out, 0, sizeof *out);
  if (starts_with(text, "unix:"))
    return parse_local(skip(text, 5), out);
  out->is_secure = starts_with(text, "https://");
  if (out->is_secure || starts_with(text, "http://"))
    text = host = skip(text, out->is_secure ? 8 : 7);
  int bracket = text.size && *text.at == '[';
  const char *end = memchr(text.at, bracket ? ']' : ':', text.size);
  if (bracket && !end)
    return -EINVAL;
  if (end) {
    host = (span){text.at + bracket, (size_t)(end - text.at) - (size_t)bracket};
    rest = skip(text, (size_t)(end - text.at) + (size_t)bracket);
  }
  out->port = HH_DEFAULT_PORT;
  if (!is_host(host) || (rest.size && *rest.at != ':') || (rest.size && parse_port(skip(rest, 1), &out->port)))
    return -EINVAL;
  memcpy(out->host, host.at, host.size);
  size_t shown = (size_t)(rest.at + rest.size - text.at);
  memcpy(out->authority, text.at, shown < sizeof out->authority ? shown : sizeof out->authority - 1);
  return 0;
}

static void refuse(span text) {
  char shown[80];
  size_t size = text.size < sizeof shown - 1 ? text.size : sizeof shown - 1;
  memcpy(shown, text.at, size);
  shown[size] = 0;
  hh_log(HH_LOG_ERROR,
         "HEAPHOUND_SERVER: cannot use \"%s\"; write https://HOST:PORT, HOST:PORT, [IPV6]:PORT or unix:PATH", shown);
}

int hh_targets_parse(const char *list, hh_targets *out) {
  memset(out, 0, sizeof *out);
  while (*list) {
    size_t size = 0;
    while (list[size] && list[size] != ',')
      size++;
    span text = trim((span){list, size});
    list += list[size] ? size + 1 : size;
    if (text.size == 0)
      continue;
    hh_target parsed;
    if (out->count < HH_TARGETS_MAX && parse_one(text, &parsed) == 0) {
      out->target[out->count++] = parsed;
      continue;
    }
    refuse(text);
    out->refused++;
  }
  return out->count ? 0 : -EINVAL;
}
