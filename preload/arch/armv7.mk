# 32 bits, hard float. Debian's compiler makes Thumb-2, whose frame register is r7.
CROSS := arm-linux-gnueabihf-
FRAME_REGISTER := r7
QEMU := qemu-arm
SYSROOT := /usr/arm-linux-gnueabihf
