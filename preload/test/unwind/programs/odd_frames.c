/* Frames that few compilers make: a CFA counted from rbx, r12 or r13 (only the full walker can), a return address that
 * is not right below the CFA, and generated code that no unwind data describes (argument "generated"; libunwind takes
 * wrong turns there, so the program checks the number of frames itself). */
#include "touch.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

typedef void (*call)(void (*)(int), int);

#if defined(__x86_64__)
#define BASED(register)                                                                                                                                                                                                                                                                                                                      \
  void based_on_##register(void (*)(int), int);                                                                                                                                                                                                                                                                                              \
  __asm__(                                                                                                                                                                                                                                                                                                                                   \
      ".text\n.globl based_on_" #register "\n.type based_on_" #register ",@function\nbased_on_" #register ":\n"                                                                                                                                                                                                                              \
                                                                                                          ".cfi_"                                                                                                                                                                                                                            \
                                                                                                          "startproc"                                                                                                                                                                                                                        \
                                                                                                          "\npush "                                                                                                                                                                                                                          \
                                                                                                          "%" #register "\n.cfi_def_cfa_offset 16\n.cfi_offset " #register ",-16\n"                                                                                                                                                          \
                                                                                                                                                                           "mov %rsp,%" #register "\n.cfi_def_cfa_register " #register "\nsub $256,%rsp\nand $-64,%rsp\nmov %rdi,%rax\n"                                                     \
                                                                                                                                                                                                                                       "mov %esi,%edi\ncall *%rax\nmov %" #register ",%rsp\n.cfi_def_cfa_register rsp\npop %" #register "\n" \
                                                                                                                                                                                                                                                                                                                                        ".cfi_def_cfa_offset 8\n.cfi_restore " #register "\nret\n.cfi_endproc\n.size based_on_" #register ",.-based_on_" #register "\n");
BASED(rbx)
BASED(r12)
BASED(r13)

/* The return address is moved down by 16 bytes; its slot then holds something else. */
void moved_return(void (*)(int), int);
__asm__(
    ".text\n.globl moved_return\n.type moved_return,@function\nmoved_return:\n.cfi_startproc\n"
    "pop %rax\n.cfi_def_cfa_offset 0\n.cfi_register rip,rax\nsub $24,%rsp\n.cfi_def_cfa_offset 24\nmov %rax,(%rsp)\n"
    ".cfi_offset rip,-24\nmovq $0,16(%rsp)\npush %rbx\n.cfi_def_cfa_offset 32\n.cfi_offset rbx,-32\nmov %rdi,%rax\n"
    "mov %esi,%edi\ncall *%rax\npop %rbx\n.cfi_def_cfa_offset 24\n.cfi_restore rbx\nmov (%rsp),%rax\nadd $24,%rsp\n"
    ".cfi_def_cfa_offset 0\n.cfi_register rip,rax\njmp *%rax\n.cfi_endproc\n.size moved_return,.-moved_return\n");

/* push %rbp; mov %rsp,%rbp; sub $32,%rsp; mov %rdi,%rax; mov %esi,%edi; call *%rax; leave; ret */
static const uint8_t generated_code[] = {0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x20, 0x48,
                                         0x89, 0xf8, 0x89, 0xf7, 0xff, 0xd0, 0xc9, 0xc3};
#endif

static const call *calls;
static int call_count;

/* In verify.c. */
uint32_t hh_verify_last_depth(void) __attribute__((weak));
static uint32_t depth_of_main;
static int wrong;

/* Two frames per level, and this one; `touch` is one more. */
static void check_depth(int levels) {
  if (hh_verify_last_depth && hh_verify_last_depth() != depth_of_main + 1 + 2 * (uint32_t)levels)
    wrong++;
}

/* Goes down through the calls in a pseudo-random order. */
static int top;
static NOINLINE void hop(int depth) {
  touch((size_t)depth);
  check_depth(top - depth);
  if (depth)
    calls[touch_random((unsigned)call_count)](hop, depth - 1);
  touch(1);
  check_depth(top - depth);
}

static NOINLINE void plain(void (*next)(int), int depth) {
  next(depth);
  touch_count++;
}

int main(int argc, char **argv) {
#if defined(__x86_64__)
  call all[6] = {plain, based_on_rbx, based_on_r12, moved_return, based_on_r13, plain};
  calls = all;
  call_count = 5;
  if (argc > 1 && !strcmp(argv[1], "generated")) {
    void *code = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(code, generated_code, sizeof generated_code);
    mprotect(code, 65536, PROT_READ | PROT_EXEC);
    memcpy(&all[5], &code, sizeof code);
    call_count = 6;
  }
  touch(1);
  depth_of_main = hh_verify_last_depth ? hh_verify_last_depth() : 0;
  for (int round = 0; round < 400; round++) {
    top = round % 12;
    hop(top);
  }
#endif
  if (wrong)
    return 1;
  puts("ok");
  return 0;
}
