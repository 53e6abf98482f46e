/* What profilers that add to blocks, patch return addresses or swap the allocator get wrong: regressions WHAT. */
#include <errno.h>
#include <execinfo.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int arguments_seen;
static char *first_argument, **environment_seen;
static __attribute__((constructor)) void constructor(int argc, char **argv, char **environment) {
  arguments_seen = argc;
  first_argument = argv ? argv[0] : NULL;
  environment_seen = environment;
}

static void churn(void) {
  void *volatile block = malloc(100);
  free(block);
}

/* Results in every register that may hold one, from functions whose last act is a hook. */
typedef struct three {
  uint64_t a, b, c;
} three;
static __attribute__((noinline)) double of_double(int n) {
  double x = n / 3.0;
  churn();
  return x;
}
static __attribute__((noinline)) long double of_long(int n) {
  long double x = n / 7.0L;
  churn();
  return x;
}
static __attribute__((noinline)) _Complex double of_complex(int n) {
  _Complex double x = n + 2.0i;
  churn();
  return x;
}
static __attribute__((noinline)) unsigned __int128 of_wide(int n) {
  unsigned __int128 x = (unsigned __int128)n << 90 | 5;
  churn();
  return x;
}
static __attribute__((noinline)) three of_three(int n) {
  three x = {n, n * 2, n * 3};
  churn();
  return x;
}

static void results(void) {
  for (int n = 1; n < 4; n++) {
    unsigned __int128 wide = of_wide(n);
    three all = of_three(n);
    printf("%a %La %a %llx:%llx %llu\n", of_double(n), of_long(n), __real__(of_complex(n)) + __imag__(of_complex(n)),
           (unsigned long long)(wide >> 64), (unsigned long long)wide, (unsigned long long)(all.a + all.b + all.c));
  }
}

static __attribute__((noinline)) int frames(int depth) {
  void *found[100];
  churn();
  return depth ? frames(depth - 1) + 0 * depth : backtrace(found, 100);
}

static void *forever(void *unused) {
  for (;;)
    churn();
  return unused;
}

static void threads_end(void (*end)(int)) {
  pthread_t thread;
  for (int i = 0; i < 3; i++)
    pthread_create(&thread, NULL, forever, NULL);
  end(9);
}

static void refusals(void) {
  char *block = malloc(4321), *text = strcpy(block, "kept");
  errno = 0;
  void *moved = realloc(block, SIZE_MAX / 2);
  printf("realloc %d %s %s\n", moved != NULL, strerror(errno), text);
  errno = 0;
  printf("malloc %d %s\n", malloc(SIZE_MAX / 2) != NULL, strerror(errno));
  errno = 0;
  printf("mmap %d %s\n", mmap(NULL, (size_t)1 << 60, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED,
         strerror(errno));
  errno = 0;
  printf("mmap %d %s\n", mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 1000, 0) == MAP_FAILED, strerror(errno));
  printf("valloc %d pvalloc %d\n", (int)((uintptr_t)valloc(10) % 4096), (int)((uintptr_t)pvalloc(10) % 4096));
  printf("usable %zu\n", malloc_usable_size(block));
  /* Neighbours that are mapped are not pushed apart, nor is a wish for an address passed over. */
  char *at = mmap(NULL, 1 << 16, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(at, 1 << 16);
  printf("hint %d\n", mmap(at, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == at);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "results") == 0)
    results();
  else if (strcmp(what, "backtrace") == 0)
    printf("%d\n", frames(20));
  else if (strcmp(what, "arguments") == 0)
    printf("%d %s %d\n", arguments_seen, first_argument, environment_seen && environment_seen[0] != NULL);
  else if (strcmp(what, "_exit") == 0)
    threads_end(_exit);
  else if (strcmp(what, "_Exit") == 0)
    threads_end(_Exit);
  else if (strcmp(what, "refusals") == 0)
    refusals();
  return 0;
}
