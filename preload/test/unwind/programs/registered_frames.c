/* Generated code that the program announces by __register_frame: frames without a frame pointer, whose stack a guess
 * would not pass. Afterwards it is taken back and other code with another frame stands at the same place. */
#include "touch.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

void __register_frame(void *begin);
void __deregister_frame(void *begin);

/* In verify.c: frames of the last stack. */
uint32_t hh_verify_last_depth(void) __attribute__((weak));

#if defined(__x86_64__)
enum { CODE_BYTES = 4096, ANNOUNCED_AT = 2048 };

typedef void (*generated)(void (*function)(int), int depth);

/* push rbp; xor ebp, ebp; sub rsp, frame; mov rax, rdi; mov edi, esi; call rax; add rsp, frame; pop rbp; ret */
static size_t make_code(uint8_t *at, uint8_t frame) {
  const uint8_t code[] = {0x55, 0x31, 0xed, 0x48, 0x83, 0xec, frame, 0x48,  0x89, 0xf8,
                          0x89, 0xf7, 0xff, 0xd0, 0x48, 0x83, 0xc4,  frame, 0x5d, 0xc3};
  memcpy(at, code, sizeof code);
  return sizeof code;
}

/* A CIE, an FDE, the end mark: records as in .eh_frame, with absolute addresses. */
static void announce(uint8_t *at, const uint8_t *code, uint64_t size, uint8_t frame) {
  enum { CIE_BYTES = 20, FDE_BYTES = 28 };
  const uint8_t cie[] = {CIE_BYTES,
                         0,
                         0,
                         0,
                         0,
                         0,
                         0,
                         0,
                         1 /* version */,
                         0 /* no augmentation */,
                         1 /* code unit */,
                         0x78 /* data unit: -8 */,
                         16 /* rip */,
                         0x0c,
                         7,
                         8 /* CFA = rsp + 8 */,
                         0x90,
                         1 /* rip */};
  /* push: CFA = rsp + 16, rbp saved; sub: CFA = rsp + 16 + frame */
  const uint8_t program[] = {0x41, 0x0e, 16, 0x86, 2, 0x46, 0x0e, (uint8_t)(16 + frame)};
  uint8_t *fde = at + 4 + CIE_BYTES;
  const uint32_t fde_bytes = FDE_BYTES, to_cie = (uint32_t)(fde + 4 - at);
  const uint64_t start = (uint64_t)(uintptr_t)code;
  memset(at, 0, 4 + CIE_BYTES + 4 + FDE_BYTES + 4);
  memcpy(at, cie, sizeof cie);
  memcpy(fde, &fde_bytes, 4);
  memcpy(fde + 4, &to_cie, 4);
  memcpy(fde + 8, &start, 8);
  memcpy(fde + 16, &size, 8);
  memcpy(fde + 24, program, sizeof program);
}

static generated current;
static uint32_t depth_here;
static int wrong;

/* Two frames per level: this one and the generated one. */
static NOINLINE void level(int depth) {
  touch((size_t)depth);
  if (hh_verify_last_depth && hh_verify_last_depth() != depth_here + 2 * (uint32_t)(10 - depth))
    wrong++;
  if (depth)
    current(level, depth - 1);
  touch_count++;
}

static NOINLINE void run(uint8_t *pages, uint8_t frame) {
  const size_t size = make_code(pages, frame);
  announce(pages + ANNOUNCED_AT, pages, size, frame);
  __register_frame(pages + ANNOUNCED_AT);
  memcpy(&current, &pages, sizeof pages);
  touch(1);
  depth_here = hh_verify_last_depth ? hh_verify_last_depth() + 1 : 0;
  level(10);
  __deregister_frame(pages + ANNOUNCED_AT);
}

int main(void) {
  uint8_t *pages = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int round = 0; pages != MAP_FAILED && round < 20; round++)
    run(pages, (uint8_t)(16 + 32 * (round % 3)));
  if (pages == MAP_FAILED || wrong)
    printf("%d stacks of generated code are wrong\n", wrong);
  else
    puts("ok");
  return 0;
}
#else
int main(void) {
  puts("ok");
  return 0;
}
#endif
