#include "thread_names.h"

#include <errno.h>
#include <string.h>

#include "arena.h"
#include "sys/sys.h"

enum { MAX_NAMES = 1 << 20 };

static hh_thread_name *names; /* by number - 1 */
static uint32_t count;

int hh_thread_names_init(void) {
  count = 0;
  if (names)
    hh_pages_clear(names, MAX_NAMES * sizeof *names);
  else
    names = hh_pages_reserve(MAX_NAMES * sizeof *names, "heaphound threads");
  return names ? 0 : -ENOMEM;
}

static void put_decimal(char *out, int value) {
  char digits[12];
  int length = 0;
  do
    digits[length++] = (char)('0' + value % 10);
  while (value /= 10);
  while (length)
    *out++ = digits[--length];
  *out = 0;
}

static void read_name(hh_thread_name *thread) {
  char path[64] = "/proc/self/task/";
  put_decimal(path + strlen(path), thread->tid);
  memcpy(path + strlen(path), "/comm", sizeof "/comm");
  int fd = hh_sys_open_read(path);
  if (fd < 0)
    return;
  long length = hh_sys_read(fd, thread->name, sizeof thread->name - 1);
  hh_sys_close(fd);
  if (length > 0 && thread->name[length - 1] == '\n')
    thread->name[length - 1] = 0;
}

/* The last number stands for all threads beyond the limit. */
uint32_t hh_thread_names_add(int tid) {
  if (count == MAX_NAMES)
    return count;
  names[count].tid = tid;
  read_name(&names[count]);
  return ++count;
}

uint32_t hh_thread_names_count(void) {
  return count;
}

const hh_thread_name *hh_thread_names_get(uint32_t number) {
  return &names[number - 1];
}

void hh_thread_names_refresh(uint32_t number) {
  read_name(&names[number - 1]);
}
