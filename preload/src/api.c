/* The public functions. */
#define HEAPHOUND_BUILDING
#include "heaphound.h"

#include "process.h"

void heaphound_start(void) {
  hh_process_resume();
}

void heaphound_stop(void) {
  hh_process_pause();
}

int heaphound_sync(void) {
  return -hh_process_sync();
}
