/* The environment that a new program gets: what its caller gave, with as much of the profile's as the options say. */
#ifndef HH_EXEC_ENVIRONMENT_H
#define HH_EXEC_ENVIRONMENT_H
#include "common.h"

enum hh_heritage {
  HH_HERITAGE_NONE,   /* not to be profiled: this library leaves LD_PRELOAD, what others put there stays */
  HH_HERITAGE_GIVEN,  /* profiled if the given environment says so */
  HH_HERITAGE_FOLLOW, /* profiled: what the given environment lacks is added */
};

/* Keeps copies of the options, which programs overwrite (setproctitle). Once, at the beginning. 0 or -errno. */
int hh_exec_environment_init(void);
/* Room for the result. */
size_t hh_exec_environment_bytes(char *const *given);
/* What to pass to exec: `given` itself where nothing changes, else an array in `room`. Async-signal-safe; writes to
 * `room` only, so a vfork child may call it. parent_key is put where the heritage is not NONE. */
char *const *hh_exec_environment(char *const *given, enum hh_heritage heritage, uint64_t parent_key, void *room);
#endif
