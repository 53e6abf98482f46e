#include "grpc_token.h"

#include <errno.h>
#include <string.h>

#include "sys/sys.h"

static const char scheme[] = "Bearer ";
enum { SCHEME = sizeof scheme - 1 };

/* Blanks around it go; anything that is not printable ASCII inside cannot be a token, and could not be a header. */
static int clean(char *token, size_t size) {
  while (size && (token[size - 1] == '\n' || token[size - 1] == '\r' || token[size - 1] == ' '))
    size--;
  token[size] = 0;
  for (size_t i = 0; i < size; i++)
    if (token[i] <= 0x20 || token[i] > 0x7e)
      return -EINVAL;
  return size ? 0 : -EINVAL;
}

int hh_grpc_authorization(const char *path, char *out) {
  *out = 0;
  if (!*path)
    return 0;
  int fd = hh_sys_open_read(path);
  if (fd < 0)
    return fd;
  memcpy(out, scheme, SCHEME);
  long got = hh_sys_read(fd, out + SCHEME, HH_AUTHORIZATION_MAX - SCHEME);
  hh_sys_close(fd);
  int status = got < 0 ? (int)got : got == HH_AUTHORIZATION_MAX - SCHEME ? -EFBIG : clean(out + SCHEME, (size_t)got);
  if (status)
    *out = 0;
  return status;
}
