/* Architectures with a link register. */
#include "code.h"
#include "compile.h"
#include "loader_watch.h"
#include "signal.h"

int hh_rule_by_code(const hh_image *image, uint64_t address, hh_rule *rule) {
  if (!hh_signal_is_trampoline(image, address + 1))
    return -1;
  *rule = HH_RULE_MAKE(HH_RULE_FULL, 0, 0);
  return 0;
}

int hh_rule_without_data(const hh_image *image, uint64_t address, hh_rule *rule) {
  const int is_musl = hh_loader_is_libc && hh_loader_contains(address);
  if (image && (HH_READS_CODE == HH_READS_ALL || (HH_READS_CODE == HH_READS_MUSL && is_musl)))
    return hh_code_rule(image, address, rule);
  return -1;
}
