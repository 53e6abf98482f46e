/* Handlers that allocate: raised and faulting, on the same and on another stack, nested, and one that edits the saved
 * program counter, so that an interrupted frame's pc is not where its return address would be. */
#include "touch.h"
#include <alloca.h>
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>

static volatile int level;

static NOINLINE void below(int depth) {
  touch((size_t)depth + 1);
  if (depth)
    below(depth - 1);
  touch_count++;
}

static void on_signal(int signal_number) {
  (void)signal_number;
  touch(2);
  int now = level;
  if (now > 0) {
    level = now - 1;
    volatile char *area = alloca((size_t)(16 * now));
    area[0] = 1;
    raise(now & 1 ? SIGUSR1 : SIGUSR2);
  }
  below(2);
  touch(3);
}

static NOINLINE void nest(int depth, int bytes) {
  volatile char *area = alloca((size_t)bytes);
  area[0] = (char)depth;
  touch(4);
  if (depth) {
    nest(depth - 1, bytes * 3 % 160 + 8);
  } else {
    for (int i = 0; i < 4; i++) {
      level = i;
      raise(i & 1 ? SIGUSR2 : SIGUSR1);
    }
  }
  touch(5);
  touch_count += area[0];
}

static void install(int signal_number, int flags, void (*handler)(int, siginfo_t *, void *)) {
  struct sigaction action = {.sa_flags = flags | SA_SIGINFO};
  action.sa_sigaction = handler;
  sigaction(signal_number, &action, NULL);
}

static void plain(int signal_number, siginfo_t *info, void *context) {
  (void)info, (void)context;
  on_signal(signal_number);
}

#if defined(__x86_64__)
enum { SAVED_PC = 16 }; /* REG_RIP */

static void on_fault(int signal_number, siginfo_t *info, void *context) {
  (void)signal_number, (void)info;
  touch(12);
  below(2);
  ((ucontext_t *)context)->uc_mcontext.gregs[SAVED_PC] += 2; /* ud2 */
}
static NOINLINE void fault(int depth) {
  touch(1);
  if (depth)
    fault(depth - 1);
  else
    __asm__ volatile("ud2");
  touch(2);
  touch_count++;
}

static void editing(int signal_number, siginfo_t *info, void *context) {
  (void)signal_number, (void)info;
  ucontext_t *interrupted = context;
  for (int i = 0; i < 4; i++) {
    if (i == 2)
      interrupted->uc_mcontext.gregs[SAVED_PC] += 1;
    touch(4);
  }
  interrupted->uc_mcontext.gregs[SAVED_PC] -= 1;
  touch_count++;
}
static void twice(int signal_number, siginfo_t *info, void *context) {
  (void)signal_number, (void)info, (void)context;
  touch(4);
  touch(5);
  touch_count++;
}
static NOINLINE void edited(int depth) {
  if (depth) {
    edited(depth - 1);
    touch_count++;
    return;
  }
  for (volatile int i = 0; i < 6; i++)
    raise(i & 1 ? SIGUSR2 : SIGUSR1);
}
#endif

int main(void) {
  static char other_stack[1 << 17];
  stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof other_stack};
  sigaltstack(&stack, NULL);
  for (int round = 0; round < 100; round++) {
    install(SIGUSR1, SA_NODEFER | (round & 1 ? SA_ONSTACK : 0), plain);
    install(SIGUSR2, SA_NODEFER | (round & 2 ? SA_ONSTACK : 0), plain);
    nest(round % 5, 16 * (round % 9));
    nest(round % 3, 16 * (round % 7));
  }
#if defined(__x86_64__)
  for (int round = 0; round < 100; round++) {
    install(SIGILL, round & 1 ? SA_ONSTACK : 0, on_fault);
    fault(round % 4);
    install(SIGUSR1, SA_ONSTACK, twice);
    install(SIGUSR2, 0, editing);
    edited(round % 4);
  }
#endif
  puts("ok");
  return 0;
}
