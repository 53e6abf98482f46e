/* Talks to the profiler that was preloaded into this process. Link against nothing: each function is weak and is NULL
 * when the process is not profiled.
 *
 *   if (heaphound_stop)
 *     heaphound_stop();
 */
#ifndef HEAPHOUND_H
#define HEAPHOUND_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(HEAPHOUND_BUILDING)
#define HEAPHOUND_WEAK __attribute__((weak))
#else
#define HEAPHOUND_WEAK __attribute__((visibility("default")))
#endif

enum heaphound_mode {
  HEAPHOUND_EXACT = 1,   /* every allocation and deallocation */
  HEAPHOUND_CULL = 2,    /* what lives for less than HEAPHOUND_CULL_MS is only counted, stack by stack */
  HEAPHOUND_SAMPLE = 3,  /* one allocation per HEAPHOUND_SAMPLE_BYTES on average, with its weight */
  HEAPHOUND_AUTO = 4,    /* the richest of these three that keeps within HEAPHOUND_BUDGET_CPU and _BYTES */
  HEAPHOUND_DORMANT = 5, /* nothing */
};

/* Goes on recording after heaphound_stop, or begins where HEAPHOUND_MODE=dormant (see HEAPHOUND_WAKE_MODE). */
HEAPHOUND_WEAK void heaphound_start(void);

/* Nothing is recorded from now on. What was recorded is sent on. */
HEAPHOUND_WEAK void heaphound_stop(void);

/* Waits until everything recorded so far is stored at the other end. 0, or an errno value: ETIMEDOUT when nothing was
 * acknowledged for HEAPHOUND_EXIT_WAIT_MS, ESRCH when the process is not profiled. */
HEAPHOUND_WEAK int heaphound_sync(void);

/* Changes the mode. 0, or EINVAL for an unknown one, ESRCH when the process is not profiled. From and to sample the
 * change takes the sender thread a few milliseconds; what is allocated meanwhile is recorded. */
HEAPHOUND_WEAK int heaphound_set_mode(enum heaphound_mode mode);

/* The mode that was asked for last, HEAPHOUND_AUTO included; 0 when the process is not profiled. */
HEAPHOUND_WEAK int heaphound_mode(void);
/* What is done: of HEAPHOUND_AUTO, the mode that it has chosen. */
HEAPHOUND_WEAK int heaphound_mode_now(void);

/* Marks this moment in the recording: "warm-up done". At most 255 bytes of the label are kept; NULL is as "". */
HEAPHOUND_WEAK void heaphound_marker(unsigned number, const char *label);

/* For allocators of the program's own: the block [pointer, pointer + size) of `pool` (any address that tells the pools
 * apart) is in use from now on, or no longer. The memory that the pool itself gets from malloc is recorded as ever. */
HEAPHOUND_WEAK void heaphound_pool_alloc(const void *pool, const void *pointer, size_t size);
HEAPHOUND_WEAK void heaphound_pool_free(const void *pool, const void *pointer);

#ifdef __cplusplus
}
#endif
#endif
