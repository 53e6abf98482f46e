/* The stub inside the copier: it is there even where the image lacks files. */
.section .rodata
.globl hh_stub_begin, hh_stub_end
.balign 16
hh_stub_begin:
.incbin HH_STUB_FILE
hh_stub_end:
.byte 0
.section .note.GNU-stack,"",%progbits
