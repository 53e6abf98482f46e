/* The functions that Bytehound's preload library exports, under its names: programs written for it run under Heaphound
 * as they are. New programs use heaphound.h. docs/operations/coming-from-bytehound.md says what differs. */
#ifndef HEAPHOUND_BYTEHOUND_H
#define HEAPHOUND_BYTEHOUND_H
#include <stdint.h>

#include "heaphound.h"

#ifdef __cplusplus
extern "C" {
#endif

HEAPHOUND_WEAK void memory_profiler_start(void);                 /* as heaphound_start */
HEAPHOUND_WEAK void memory_profiler_stop(void);                  /* as heaphound_stop */
HEAPHOUND_WEAK void memory_profiler_sync(void);                  /* as heaphound_sync */
HEAPHOUND_WEAK void memory_profiler_set_marker(uint32_t marker); /* as heaphound_marker, without a label */
/* For Bytehound's replay tool, which sets the time of the next event. Does nothing: times here come from the clock. */
HEAPHOUND_WEAK void memory_profiler_override_next_timestamp(uint64_t microseconds);

#ifdef __cplusplus
}
#endif
#endif
