/* The public functions. */
#define HEAPHOUND_BUILDING
#include "heaphound.h"

#include "mode.h"
#include "notes.h"
#include "process.h"

void heaphound_start(void) {
  hh_mode_start(HH_WHY_API);
}

void heaphound_stop(void) {
  hh_mode_stop(HH_WHY_API);
}

int heaphound_sync(void) {
  return -hh_process_sync();
}

int heaphound_set_mode(enum heaphound_mode mode) {
  return -hh_mode_request((enum hh_mode)mode, HH_WHY_API);
}

int heaphound_mode(void) {
  return hh_gate.alive && !hh_process_end_reason() ? (int)hh_mode_asked() : 0;
}

int heaphound_mode_now(void) {
  return heaphound_mode() ? (int)hh_mode_now() : 0;
}

void heaphound_marker(unsigned number, const char *label) {
  hh_marker_put(number, label);
}
