# No outlined atomics: the code that chooses between them at the start needs a name that musl lacks.
CROSS := aarch64-linux-gnu-
FRAME_REGISTER := x29
ARCH_CFLAGS := -mno-outline-atomics
QEMU := qemu-aarch64
SIGNED_FLAGS := -mbranch-protection=standard
SYSROOT := /usr/aarch64-linux-gnu
MUSL_TUPLE := aarch64-linux-musl
MUSL_CC := build/arm64/musl/gcc
MUSL_KERNEL_HEADERS := -idirafter /usr/aarch64-linux-gnu/include
