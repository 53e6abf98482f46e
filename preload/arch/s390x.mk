CROSS := s390x-linux-gnu-
FRAME_REGISTER := r11
QEMU := qemu-s390x
SYSROOT := /usr/s390x-linux-gnu
