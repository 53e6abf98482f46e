# No notes of control-flow protection: the loader would have to believe them of the whole process.
CROSS :=
MUSL_CC := $(shell command -v musl-gcc)
MUSL_KERNEL_HEADERS := -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu
ARCH_CFLAGS := -fcf-protection=none
