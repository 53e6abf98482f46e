/* Why equal return addresses are not enough (docs/adr/0001). inner() takes an area of n bytes, so its frame is
 * described by the frame register. Called from callers of different frame sizes with complementary n, everything from
 * inner() inwards lies at the same addresses with the same return addresses, and the words of the walk before still
 * stand, stale, inside the area. Only the frame register tells the two chains apart. */
#include "touch.h"
#include <alloca.h>
#include <stdio.h>

static NOINLINE void leaf(int n) {
  touch((size_t)n);
  touch_count++;
}

/* The same, but rbp is saved and used otherwise on the way: the saved word is what must be compared then. */
static NOINLINE void saving_leaf(int n) {
#if defined(__x86_64__) && defined(__OPTIMIZE__)
  __asm__ volatile("" ::: "rbp", "rbx", "r12", "memory");
#endif
  touch((size_t)n);
  touch_count++;
#if defined(__x86_64__) && defined(__OPTIMIZE__)
  __asm__ volatile("" ::: "rbp", "rbx", "r12", "memory");
#endif
}

static NOINLINE void inner(int n) {
  volatile char *area = alloca((size_t)n);
  area[0] = 1;
  leaf(3);
  touch_count += area[0];
}
static NOINLINE void saving_inner(int n) {
  volatile char *area = alloca((size_t)n);
  area[0] = 1;
  saving_leaf(3);
  touch_count += area[0];
}

#define CALLER(name, callee, bytes)                                                                                    \
  static NOINLINE void name(int n) {                                                                                   \
    char area[bytes];                                                                                                  \
    __asm__ volatile("" ::"r"(area) : "memory");                                                                       \
    callee(n);                                                                                                         \
    touch_count++;                                                                                                     \
  }
#define CALLERS(number, bytes) CALLER(caller_##number, inner, bytes) CALLER(saving_caller_##number, saving_inner, bytes)
CALLERS(0, 8)
CALLERS(1, 24)
CALLERS(2, 40)
CALLERS(3, 56)
CALLERS(4, 72)
CALLERS(5, 104)
CALLERS(6, 136)
CALLERS(7, 200)

static void (*const callers[])(int) = {caller_0,        caller_1,        caller_2,        caller_3,
                                       caller_4,        caller_5,        caller_6,        caller_7,
                                       saving_caller_0, saving_caller_1, saving_caller_2, saving_caller_3,
                                       saving_caller_4, saving_caller_5, saving_caller_6, saving_caller_7};

static NOINLINE void drive(void (*caller)(int), int n) {
  caller(n);
  touch_count++;
}

int main(void) {
  for (int i = 0; i < 20000; i++) {
    unsigned kind = touch_random(2) * 8;
    drive(callers[kind + touch_random(8)], (int)(16 * touch_random(16)));
  }
  puts("ok");
  return 0;
}
