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

static hh_rule back_chain(void) {
  hh_special special;
  memset(&special, 0, sizeof special);
  special.cfa_base = HH_BASE_STACK;
  special.cfa_deref = 1;
  special.return_base = HH_BASE_CFA;
  special.return_offset = HH_SLOT_BASE - HH_WORD;
  special.frame_base = HH_BASE_SAME;
  return hh_rule_special(&special);
}

int hh_rule_without_data(const hh_image *image, uint64_t address, hh_rule *rule) {
  if (HH_BACK_CHAIN) {
    *rule = back_chain();
    return 0;
  }
  const int is_musl = hh_loader_is_libc && hh_loader_contains(address);
  if (image && (HH_READS_CODE == HH_READS_ALL || (HH_READS_CODE == HH_READS_MUSL && is_musl)))
    return hh_code_rule(image, address, rule);
  return -1;
}
