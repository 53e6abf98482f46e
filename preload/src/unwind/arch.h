#ifndef HH_UNWIND_ARCH_H
#define HH_UNWIND_ARCH_H
#if defined(__x86_64__)
#include "arch_amd64.h"
#else
#error "the unwinder has no rules for this architecture yet"
#endif
#endif
