# No notes of control-flow protection: the loader would have to believe them of the whole process.
CROSS :=
ARCH_CFLAGS := -fcf-protection=none
