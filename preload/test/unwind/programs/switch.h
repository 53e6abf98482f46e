/* Switches between stacks, by our own code on amd64 (without any help of a libc's), by glibc's contexts elsewhere. */
#ifndef SWITCH_H
#define SWITCH_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
/* switch_to(&save, to): pushes what a callee must keep, stores sp, takes the other one. A new stack returns into
 * `enter`, which has no caller. */
void switch_to(void **save, void *to);
void enter(void);
__asm__(
    ".text\n.globl switch_to\n.type switch_to,@function\nswitch_to:\n.cfi_startproc\n"
    "push %rbp\n.cfi_def_cfa_offset 16\n.cfi_offset rbp,-16\npush %rbx\n.cfi_def_cfa_offset 24\n.cfi_offset rbx,-24\n"
    "push %r12\n.cfi_def_cfa_offset 32\n.cfi_offset r12,-32\npush %r13\n.cfi_def_cfa_offset 40\n.cfi_offset r13,-40\n"
    "push %r14\n.cfi_def_cfa_offset 48\n.cfi_offset r14,-48\npush %r15\n.cfi_def_cfa_offset 56\n.cfi_offset r15,-56\n"
    "mov %rsp,(%rdi)\nmov %rsi,%rsp\n"
    "pop %r15\n.cfi_def_cfa_offset 48\npop %r14\n.cfi_def_cfa_offset 40\npop %r13\n.cfi_def_cfa_offset 32\n"
    "pop %r12\n.cfi_def_cfa_offset 24\npop %rbx\n.cfi_def_cfa_offset 16\npop %rbp\n.cfi_def_cfa_offset 8\nret\n"
    ".cfi_endproc\n.size switch_to,.-switch_to\n"
    ".globl enter\n.type enter,@function\nenter:\n.cfi_startproc\n.cfi_undefined rip\nmov %r12,%rdi\ncall *%rbx\nud2\n"
    ".cfi_endproc\n.size enter,.-enter\n");
enum { SAVED_WORDS = 9, /* keeps sp aligned in `enter` */ SLOT_BODY = 4, SLOT_ARGUMENT = 3, SLOT_RETURN = 6 };

typedef void *context;

static inline void context_make(context *made, uint8_t *stack, size_t size, void (*body)(void *), void *argument) {
  uintptr_t *top = (uintptr_t *)(void *)(stack + size) - SAVED_WORDS;
  memset(top, 0, SAVED_WORDS * sizeof *top);
  top[SLOT_BODY] = (uintptr_t)body;
  top[SLOT_ARGUMENT] = (uintptr_t)argument;
  top[SLOT_RETURN] = (uintptr_t)enter;
  *made = top;
}
static inline void context_switch(context *save, context *to) {
  switch_to(save, *to);
}
#else
#include <ucontext.h>

typedef struct context {
  ucontext_t is;
  void (*body)(void *);
  void *argument;
} context;

/* makecontext passes ints. */
static void context_begin(unsigned high, unsigned low) {
  context *made = (context *)(uintptr_t)((uint64_t)high << 32 | low);
  made->body(made->argument);
}
static inline void context_make(context *made, uint8_t *stack, size_t size, void (*body)(void *), void *argument) {
  getcontext(&made->is);
  made->is.uc_stack.ss_sp = stack;
  made->is.uc_stack.ss_size = size;
  made->is.uc_link = NULL;
  made->body = body;
  made->argument = argument;
  const uint64_t at = (uint64_t)(uintptr_t)made;
  makecontext(&made->is, (void (*)(void))context_begin, 2, (unsigned)(at >> 32), (unsigned)at);
}
static inline void context_switch(context *save, context *to) {
  swapcontext(&save->is, &to->is);
}
#endif
#endif
