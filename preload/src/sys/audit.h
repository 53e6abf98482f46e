/* What seccomp filters call this architecture. */
#ifndef HH_SYS_AUDIT_H
#define HH_SYS_AUDIT_H
#include <linux/audit.h>

#if defined(__x86_64__)
#define HH_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define HH_AUDIT_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define HH_AUDIT_ARCH AUDIT_ARCH_ARM
#elif defined(__mips64)
#define HH_AUDIT_ARCH AUDIT_ARCH_MIPSEL64
#elif defined(__riscv)
#define HH_AUDIT_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__)
#define HH_AUDIT_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define HH_AUDIT_ARCH AUDIT_ARCH_S390X
#endif
#endif
