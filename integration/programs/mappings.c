/* Maps a cache, touches a part of it, gives a part back, changes a setting of the allocator; then waits for the end of
 * its input, so that whoever started it can look. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { MIB = 1 << 20, TOUCHED = 3 * MIB };

/* The first byte is read so that the call of mmap is not the last thing that happens: it must stand on the stack. */
__attribute__((noinline)) static char *open_cache(void) {
  char *cache = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return cache != MAP_FAILED && *(volatile char *)cache == 0 ? cache : NULL;
}

__attribute__((noinline)) static void shrink_cache(char *cache) {
  munmap(cache + 6 * MIB, 2 * MIB);
}

int main(void) {
  char *kept = malloc(100);
  char *cache = open_cache();
  memset(cache, 1, TOUCHED);
  shrink_cache(cache);
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 2);
#endif
  printf("%p\n", (void *)cache);
  fflush(stdout);
  struct timespec pause = {.tv_nsec = 700 * 1000 * 1000}; /* the kernel's list is read while the process lives */
  nanosleep(&pause, NULL);
  while (getchar() != EOF)
    ;
  return kept[0] == 77;
}
