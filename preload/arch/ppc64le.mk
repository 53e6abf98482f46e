CROSS := powerpc64le-linux-gnu-
FRAME_REGISTER := 31
QEMU := qemu-ppc64le
SYSROOT := /usr/powerpc64le-linux-gnu
