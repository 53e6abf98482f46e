/* In place of the library's hooks where a test is built with a sanitizer, which has hooks of its own for the same
 * functions. */
#include "exec.h"
#include "hooks_map.h"
#include "lifecycle.h"
#include "sandbox.h"
#include "signals.h"

void hh_exec_resolve(void) {}
void hh_hooks_map_resolve(void) {}
void hh_lifecycle_resolve(void) {}
void hh_lifecycle_watch(void) {}
void hh_sandbox_resolve(void) {}
bool hh_sandbox_is_inherited(void) {
  return false;
}
void hh_signals_resolve(void) {}
void hh_signals_watch(void) {}
