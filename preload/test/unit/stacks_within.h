/* For tests that fill the stack table: a small one is soon full. */
#ifndef STACKS_WITHIN_H
#define STACKS_WITHIN_H
#include "stacks.h"
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

/* hh_stacks_init with `more_bytes` of address space left. */
static inline int stacks_init_within(uint64_t more_bytes) {
  unsigned long pages = 0;
  struct rlimit limit;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%lu", &pages) != 1)
    return -1;
  fclose(file);
  getrlimit(RLIMIT_AS, &limit);
  setrlimit(RLIMIT_AS, &(struct rlimit){pages * 4096 + more_bytes, limit.rlim_max});
  int status = hh_stacks_init();
  setrlimit(RLIMIT_AS, &limit);
  return status;
}
#endif
