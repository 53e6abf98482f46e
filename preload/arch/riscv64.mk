CROSS := riscv64-linux-gnu-
FRAME_REGISTER := s0
QEMU := qemu-riscv64
SYSROOT := /usr/riscv64-linux-gnu
