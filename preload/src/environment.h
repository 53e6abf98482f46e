/* What our children find in their environment. Changed in place or in memory of our own, without libc's setenv, which
 * would allocate. Only at the start and in a forked child. */
#ifndef HH_ENVIRONMENT_H
#define HH_ENVIRONMENT_H
#include "common.h"

/* Asks the loader for our name. Once, at the beginning: a child forked while another thread held the loader's lock
 * could not ask. */
void hh_environment_resolve(void);
/* As the loader found it: a path, or what LD_PRELOAD said. */
const char *hh_environment_library(void);
/* Is this library in the list, a value of LD_PRELOAD? */
bool hh_environment_has_library(const char *list);
/* The list without it; `out` may be `list`, and holds as many bytes. */
void hh_environment_list_without(const char *list, char *out);
/* 16 hexadecimal digits up to `end`. */
void hh_environment_put_key(char *end, uint64_t process_key);
/* Takes this library out of LD_PRELOAD and leaves what others put there. */
void hh_environment_leave_preload(void);
/* At the start: HEAPHOUND_PROFILED_PID is this process. Whoever finds another process there was started by a profiled
 * one; whoever finds itself came about by exec, and is profiled again. */
void hh_environment_set_pid(int pid);
/* HEAPHOUND_PARENT_PROCESS for children that are profiled too. At the start. */
void hh_environment_set_parent(uint64_t process_key);
/* Another key for it, at any time: only its digits change. */
void hh_environment_change_parent(uint64_t process_key);
#endif
