#include "counter.h"

#include <cpuid.h>
#include <string.h>

#include "sys.h"

/* The processor says that its counter never stops and never changes speed, or the kernel found that it may be used. */
bool hh_counter_usable(void) {
  unsigned a, b, c, d;
  if (__get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1u << 8)))
    return true;
  char name[16] = {0};
  int fd = hh_sys_open_read("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (fd < 0)
    return false;
  hh_sys_read(fd, name, sizeof name - 1);
  hh_sys_close(fd);
  return strncmp(name, "tsc", 3) == 0;
}
