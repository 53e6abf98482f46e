CROSS := mips64el-linux-gnuabi64-
FRAME_REGISTER := 30
QEMU := qemu-mips64el
SYSROOT := /usr/mips64el-linux-gnuabi64
HASH_STYLE := sysv
