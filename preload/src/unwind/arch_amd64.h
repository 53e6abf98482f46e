/* DWARF's numbers of the registers that a walk follows. */
#ifndef HH_UNWIND_ARCH_AMD64_H
#define HH_UNWIND_ARCH_AMD64_H
enum { HH_REGISTERS = 17, HH_REG_FRAME = 6 /* rbp */, HH_REG_STACK = 7 /* rsp */, HH_REG_RETURN = 16 /* rip */ };
#endif
