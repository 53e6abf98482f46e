/* Messages to file descriptor 2, only as HEAPHOUND_LOG allows (default off). Async-signal-safe, never allocates. */
#ifndef HH_LOG_H
#define HH_LOG_H
enum hh_log_level { HH_LOG_OFF, HH_LOG_ERROR, HH_LOG_INFO, HH_LOG_DEBUG };
extern int hh_log_level;
/* Formats %s %d %u %x %lu %lx %llu %zu only. Adds "heaphound[pid]: " and a newline. */
void hh_log(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Switches profiling off for the rest of the process; hooks pass through from then on. The reason is logged and sent.
 */
void hh_disable(const char *reason);
#endif
