/* hh_registers_now(reg): the registers that a caller expects back, and the program counter, into reg[HH_REGISTERS].
 * What is dead across a call may hold anything. Always inlined: the values are those of the function that uses it. */
#ifndef HH_UNWIND_REGISTERS_H
#define HH_UNWIND_REGISTERS_H
#include "arch.h"
#if defined(__x86_64__)
#include "registers_amd64.h"
#elif defined(__aarch64__)
#include "registers_arm64.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "registers_riscv64.h"
#elif defined(__s390x__)
#include "registers_s390x.h"
#elif defined(__mips64)
#include "registers_mips64el.h"
#elif defined(__powerpc64__)
#include "registers_ppc64le.h"
#elif defined(__arm__)
#include "registers_armv7.h"
#endif
#endif
