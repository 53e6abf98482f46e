/* What this architecture is called in Hello, in paths and in images (docs/adr/0018). */
#ifndef HH_ARCH_NAME_H
#define HH_ARCH_NAME_H
#if defined(__x86_64__)
#define HH_ARCH_NAME "amd64"
#elif defined(__aarch64__)
#define HH_ARCH_NAME "arm64"
#elif defined(__ARM_EABI__)
#define HH_ARCH_NAME "armv7"
#elif defined(__mips64)
#define HH_ARCH_NAME "mips64el"
#elif defined(__riscv)
#define HH_ARCH_NAME "riscv64"
#elif defined(__powerpc64__)
#define HH_ARCH_NAME "ppc64le"
#elif defined(__s390x__)
#define HH_ARCH_NAME "s390x"
#else
#error "no name for this architecture"
#endif
#endif
