/* A probe is a nop in the code, and a note of type 3 in .note.stapsdt, which debuggers and tracers read from the file:
 *
 *   address of the nop | address of .stapsdt.base | semaphore (none) | provider | name | "8@REGISTER 8@REGISTER"
 *
 * The base lets them see by how much a tool such as prelink has moved the code since. */
#include "probes.h"

#define PROBE(name, arguments, ...)                                                                                    \
  __asm__ volatile("990: nop\n"                                                                                        \
                   ".pushsection .note.stapsdt,\"\",%%note\n"                                                          \
                   ".balign 4\n"                                                                                       \
                   ".4byte 992f-991f, 994f-993f, 3\n"                                                                  \
                   "991: .asciz \"stapsdt\"\n"                                                                         \
                   "992: .balign 4\n"                                                                                  \
                   "993: .dc.a 990b, hh_probes_base, 0\n"                                                              \
                   ".asciz \"otel_memory\"\n"                                                                          \
                   ".asciz \"" name "\"\n"                                                                             \
                   ".asciz \"" arguments "\"\n"                                                                        \
                   "994: .balign 4\n"                                                                                  \
                   ".popsection"                                                                                       \
                   :                                                                                                   \
                   : __VA_ARGS__)

#if __SIZEOF_POINTER__ == 8
#define WORD "8@"
#else
#define WORD "4@"
#endif

/* Nobody refers to it but the notes, which do not keep a section. */
__asm__(".pushsection .stapsdt.base,\"aR\",%progbits\n"
        ".hidden hh_probes_base\n"
        ".globl hh_probes_base\n"
        "hh_probes_base: .space 1\n"
        ".popsection");

__attribute__((noinline)) void hh_probe_alloc(const void *block, size_t size, size_t weighted_bytes) {
  PROBE("alloc", WORD "%0 " WORD "%1 " WORD "%2", "r"(block), "r"(size), "r"(weighted_bytes));
}

__attribute__((noinline)) void hh_probe_free(const void *block) {
  PROBE("free", WORD "%0", "r"(block));
}
