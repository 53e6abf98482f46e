/* A program whose allocations are counted by itself, so that a test can ask for equality.
 *   work run N      N allocations every 10 ms, one in ten kept, until SIGTERM
 *   work deaf N     the same, but SIGTERM changes nothing; says `at ALLOCATIONS FREES` once a second
 *   work once N     N allocations, then the end
 *   work grow MIB   allocates and touches one MiB after the other up to MIB, then waits
 * It says `done ALLOCATIONS FREES` at its end. Standard output has no buffer: that would be an allocation too. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t told_to_end;
static uint64_t allocations;
static uint64_t frees;

static void end(int signal) {
  (void)signal;
  told_to_end = 1;
}

__attribute__((noinline)) static void *keep(size_t size) {
  allocations++;
  char *block = malloc(size);
  if (block)
    memset(block, 1, size);
  return block;
}

__attribute__((noinline)) static void use_once(size_t size) {
  void *volatile block = keep(size);
  frees++;
  free(block);
}

static void *volatile kept;

static void allocate(long count) {
  for (long i = 0; i < count; i++) {
    if (i % 10 == 0)
      kept = keep(64);
    else
      use_once((size_t)(i % 500 + 1));
  }
}

static void grow(long mebibytes) {
  for (long i = 0; i < mebibytes && !told_to_end; i++) {
    kept = keep(1 << 20);
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
  }
  while (!told_to_end)
    pause();
}

static void say(const char *what) {
  printf("%s %llu %llu\n", what, (unsigned long long)allocations, (unsigned long long)frees);
}

static void run(long amount, int is_deaf) {
  for (long round = 1; is_deaf || !told_to_end; round++) {
    allocate(amount);
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    if (is_deaf && round % 100 == 0)
      say("at");
  }
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  setvbuf(stdout, NULL, _IONBF, 0);
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  long amount = strtol(argv[2], NULL, 10);
  printf("started as %d\n", (int)getuid());
  if (strcmp(argv[1], "once") == 0)
    allocate(amount);
  else if (strcmp(argv[1], "grow") == 0)
    grow(amount);
  else
    run(amount, strcmp(argv[1], "deaf") == 0);
  say("done");
  return 0;
}
