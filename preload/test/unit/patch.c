/* Functions that begin in all the ways that patching must cope with: the hook is reached, and what stands behind it
 * does what the function did. */
#include "patch.h"

#include <stddef.h>

#include "check.h"

typedef long function(long a, long b);

static void *original;
static int hooked;

static long hook(long a, long b) {
  function *real;
  __builtin_memcpy(&real, &original, sizeof real);
  hooked++;
  return real(a, b) + 1000;
}

/* Pages of their own, as the code that patches is not among what it patches. */
#define PAGES ".section patched, \"ax\", %progbits"
__asm__(PAGES "\n.balign 65536\n.text");

#define CODE(name, body)                                                                                               \
  function name;                                                                                                       \
  extern const char name##_end[];                                                                                      \
  __asm__(PAGES "\n.balign 16\n.globl " #name "\n.type " #name ",%function\n" #name ":\n" body "\n.globl " #name       \
                "_end\n" #name "_end:\n.size " #name ",.-" #name "\n.text")

long patch_data = 5;

#if defined(__aarch64__)
CODE(plain, "add x0, x0, x1\nret");
CODE(padded, "hint 34\nadd x0, x0, x1\nret"); /* bti c */
CODE(with_frame,
     "hint 25\nstp x29, x30, [sp, -16]!\nmov x29, sp\nadd x0, x0, x1\nldp x29, x30, [sp], 16\nhint 29\nret");
CODE(page_address,
     "adrp x2, patch_data\nldr x2, [x2, :lo12:patch_data]\nadd x0, x0, x1\nadd x0, x0, x2\nsub x0, x0, 5\nret");
CODE(near_address, "adr x2, near_address\nadr x3, near_address\nsub x2, x2, x3\nadd x0, x0, x1\nadd x0, x0, x2\nret");
CODE(again, "sub x0, x0, 1\nadd x1, x1, 1\ncbnz x0, 1f\nmov x0, x1\nret\n1: b again");
CODE(branches, "cbz x0, 1f\n1: add x0, x0, x1\nret");
CODE(literal, "ldr x2, 1f\nadd x0, x0, x1\nret\n.balign 8\n1: .quad 0");
CODE(other_register, "mov x16, x1\nadd x0, x0, x16\nret");
CODE(only_returns, "ret");
#else
CODE(plain, "push %rbx\nmov %rdi, %rbx\nlea (%rbx,%rsi), %rax\npop %rbx\nret");
CODE(padded, "endbr64\npush %rbx\nmov %rdi, %rbx\nlea (%rbx,%rsi), %rax\npop %rbx\nret");
CODE(with_frame, "push %rbp\nmov %rsp, %rbp\nsub $32, %rsp\nlea (%rdi,%rsi), %rax\nleave\nret");
CODE(page_address, "mov patch_data(%rip), %rax\nadd %rdi, %rax\nadd %rsi, %rax\nsub $5, %rax\nret");
CODE(near_address, "lea near_address(%rip), %rdx\nlea near_address(%rip), %rcx\nsub %rcx, %rdx\nlea (%rdi,%rsi), "
                   "%rax\nadd %rdx, %rax\nret");
CODE(again, "dec %rdi\ninc %rsi\nnop\nmov %rsi, %rax\ntest %rdi, %rdi\njnz again\nret");
CODE(branches, "call 1f\n1: pop %rcx\nlea (%rdi,%rsi), %rax\nret");
CODE(only_returns, "ret");
#endif

__asm__(PAGES "\n.balign 65536\n.text");

static const char *patch(function *is, const char *end) {
  const char *begin;
  __builtin_memcpy(&begin, &is, sizeof begin);
  hooked = 0;
  const char *problem = hh_patch_prepare((void *)begin, (size_t)(end - begin), (const void *)hook, &original);
  if (problem) {
    hh_patch_forget();
    return problem;
  }
  return hh_patch_commit();
}

#define WORKS(is)                                                                                                      \
  do {                                                                                                                 \
    const long before = is(30, 12);                                                                                    \
    CHECK(#is, patch(is, is##_end) == NULL);                                                                           \
    CHECK(#is " is hooked, and does what it did", is(30, 12) == before + 1000 && hooked == 1 && before == 42);         \
  } while (0)
#define IS_REFUSED(is) CHECK(#is " is refused", patch(is, is##_end) != NULL)

int main(void) {
  WORKS(plain);
  WORKS(padded);
  WORKS(with_frame);
  WORKS(page_address);
  WORKS(near_address);
  CHECK("again", again(2, 40) == 42 && patch(again, again_end) == NULL);
  CHECK("a function that begins anew is hooked anew", again(2, 40) == 42 + 2000 && hooked == 2);
  IS_REFUSED(branches);
#if defined(__aarch64__)
  IS_REFUSED(literal);
  IS_REFUSED(other_register);
  CHECK("refused ones are as they were", other_register(30, 12) == 42 && literal(30, 12) == 42);
#endif
  IS_REFUSED(only_returns);
  return hh_check_end();
}
