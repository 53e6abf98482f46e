/* Talks to the profiler that was preloaded into this process. Link against nothing: each function is weak and is NULL
 * when the process is not profiled.
 *
 *   if (heaphound_stop)
 *     heaphound_stop();
 */
#ifndef HEAPHOUND_H
#define HEAPHOUND_H

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(HEAPHOUND_BUILDING)
#define HEAPHOUND_WEAK __attribute__((weak))
#else
#define HEAPHOUND_WEAK __attribute__((visibility("default")))
#endif

/* Goes on recording after heaphound_stop, or begins where HEAPHOUND_MODE=dormant. */
HEAPHOUND_WEAK void heaphound_start(void);

/* Nothing is recorded from now on. What was recorded is sent on. */
HEAPHOUND_WEAK void heaphound_stop(void);

/* Waits until everything recorded so far is stored at the other end. 0, or an errno value: ETIMEDOUT when nothing was
 * acknowledged for HEAPHOUND_EXIT_WAIT_MS, ESRCH when the process is not profiled. */
HEAPHOUND_WEAK int heaphound_sync(void);

#ifdef __cplusplus
}
#endif
#endif
