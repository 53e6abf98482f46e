/* Changes its address space and prints each change: kind, address, size, old address, old size. */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, MIB = 1 << 20 };

static void say(const char *kind, void *address, size_t size, void *old, size_t old_size) {
  printf("%s %zx %zx %zx %zx\n", kind, (size_t)address, size, (size_t)old, old_size);
}

static void *map(size_t size, int flags, int fd) {
  void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | flags, fd, 0);
  say("mmap", at, size, NULL, 0);
  return at;
}

__attribute__((noinline)) static char *cache(void) {
  char *at = map(8 * MIB, MAP_ANONYMOUS, -1);
  memset(at, 1, 3 * MIB);
  return at;
}

static void failures(void) {
  errno = 0;
  void *at = mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at != MAP_FAILED || errno != EINVAL)
    exit(10);
  if (munmap((void *)1, PAGE) != -1 || errno != EINVAL)
    exit(11);
  if (mremap((void *)PAGE, PAGE, 2 * PAGE, 0) != MAP_FAILED)
    exit(12);
  errno = 77;
  at = map(PAGE, MAP_ANONYMOUS, -1);
  if (errno != 77)
    exit(13);
  munmap(at, PAGE);
  say("munmap", at, PAGE, NULL, 0);
}

static void *thread(void *unused) {
  for (int i = 0; i < 500; i++) {
    void *at = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(at, PAGE);
  }
  return unused;
}

int main(int argc, char **argv) {
  free(malloc(100));
  char *kept = cache();
  char *cut = map(10 * PAGE, MAP_ANONYMOUS, -1);
  munmap(cut + 3 * PAGE, 2 * PAGE);
  say("munmap", cut + 3 * PAGE, 2 * PAGE, NULL, 0);
  char *grown = map(MIB, MAP_ANONYMOUS, -1);
  char *moved = mremap(grown, MIB, 4 * MIB, MREMAP_MAYMOVE);
  say("mremap", moved, 4 * MIB, grown, MIB);
  char *place = map(2 * PAGE, MAP_ANONYMOUS, -1);
  void *fixed = mremap(place, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place + PAGE);
  say("mremap", fixed, PAGE, place, PAGE);
  failures();
#ifdef __GLIBC__
  char *old = sbrk(0);
  if (sbrk(5 * PAGE) != old)
    return 20;
  say("brk", old + 5 * PAGE, 0, old, 0);
  printf("mallopt %d\n", mallopt(M_MMAP_THRESHOLD, 1 << 20));
#endif
  if (argc > 1 && strcmp(argv[1], "threads") == 0) {
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
      pthread_create(&threads[i], NULL, thread, NULL);
    for (int i = 0; i < 8; i++)
      pthread_join(threads[i], NULL);
  }
  struct timespec until; /* long enough that the address space is looked at */
  clock_gettime(CLOCK_MONOTONIC, &until);
  long deadline = until.tv_sec * 1000 + until.tv_nsec / 1000000 + 700;
  for (;;) {
    free(malloc(200));
    clock_gettime(CLOCK_MONOTONIC, &until);
    if (until.tv_sec * 1000 + until.tv_nsec / 1000000 > deadline)
      break;
    usleep(1000);
  }
  memset(kept, 2, PAGE);
  return 0;
}
