/* What a seccomp filter would say to a system call. */
#ifndef HH_SECCOMP_FILTER_H
#define HH_SECCOMP_FILTER_H
#include <stdint.h>

struct sock_fprog;
struct seccomp_data;

/* The filter's answer, SECCOMP_RET_...; KILL_PROCESS for a program that makes no sense. Reads nothing but its
 * arguments.
 */
uint32_t hh_seccomp_filter_run(const struct sock_fprog *program, const struct seccomp_data *call);
#endif
