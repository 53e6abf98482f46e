/* Prints what the allocation functions promise, in many corners. The same program must print the same with and without
 * the library: nothing here depends on addresses. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HUGE_SIZE (SIZE_MAX / 2 + 1)

/* Keeps the compiler from knowing what the functions do. */
static size_t opaque(size_t value) {
  __asm__ volatile("" : "+r"(value));
  return value;
}

static void show(const char *what, const void *block, size_t alignment) {
  int error = errno;
  printf("%s: %s, aligned %d, errno %d\n", what, block ? "block" : "NULL", (int)((uintptr_t)block % alignment == 0),
         error);
  errno = 0;
}

/* Fills a block and says whether the whole of what libc reports as usable can be written. */
static void show_usable(const char *what, void *block, size_t size) {
  size_t usable = malloc_usable_size(block);
  memset(block, 0xa5, usable);
  printf("%s: usable %zu for %zu\n", what, usable, size);
}

static void sizes(void) {
  static const size_t list[] = {0,   1,    7,    8,    9,    15,     16,     17,      24,     25,
                                100, 1000, 4095, 4096, 4097, 131071, 131072, 1 << 20, 5 << 20};
  for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
    void *block = malloc(opaque(list[i]));
    show("malloc", block, 16);
    show_usable("malloc", block, list[i]);
    free(block);
    block = calloc(opaque(1), opaque(list[i]));
    int zero = 1;
    for (size_t j = 0; j < list[i]; j++)
      zero &= ((char *)block)[j] == 0;
    printf("calloc %zu zero %d\n", list[i], zero);
    show_usable("calloc", block, list[i]);
    free(block);
  }
}

static void failures(void) {
  errno = 0;
  show("malloc huge", malloc(opaque(HUGE_SIZE)), 1);
  show("calloc overflow", calloc(opaque(SIZE_MAX / 4), opaque(5)), 1);
  show("calloc huge", calloc(opaque(1), opaque(HUGE_SIZE)), 1);
  char *block = malloc(100);
  strcpy(block, "still here");
  show("realloc huge", realloc(block, opaque(HUGE_SIZE)), 1);
  show("reallocarray overflow", reallocarray(block, opaque(SIZE_MAX / 4), opaque(5)), 1);
  printf("%s\n", block);
  free(block);
  void *out = (void *)0x10;
  printf("posix_memalign alignment 3: %d", posix_memalign(&out, opaque(3), 10));
  printf(" 0: %d", posix_memalign(&out, opaque(0), 10));
  printf(" 4: %d", posix_memalign(&out, opaque(4), 10));
  printf(" 24: %d", posix_memalign(&out, opaque(24), 10));
  printf(" huge: %d, out untouched %d\n", posix_memalign(&out, 64, opaque(HUGE_SIZE)), out == (void *)0x10);
  printf("errno after posix_memalign %d\n", errno);
  errno = 0;
  show("memalign huge", memalign(64, opaque(HUGE_SIZE)), 1);
  show("aligned_alloc huge", aligned_alloc(64, opaque(HUGE_SIZE)), 1);
  show("valloc huge", valloc(opaque(HUGE_SIZE)), 1);
}

static void reallocs(void) {
  errno = 0;
  char *block = realloc(NULL, 10);
  show("realloc NULL", block, 16);
  strcpy(block, "content");
  for (size_t size = 10; size < 4 << 20; size = size * 3 + 1) {
    block = realloc(block, opaque(size));
    printf("realloc %zu: %s\n", size, block);
  }
  block = realloc(block, opaque(8));
  printf("shrunk: %.7s\n", block);
  void *gone = realloc(block, opaque(0));
  show("realloc to 0", gone, 1);
  free(gone);
  show("realloc NULL 0", gone = realloc(NULL, opaque(0)), 1);
  free(gone);
  int *array = reallocarray(NULL, opaque(10), sizeof *array);
  show("reallocarray", array, 16);
  array[9] = 42;
  array = reallocarray(array, opaque(1000), sizeof *array);
  printf("reallocarray kept %d\n", array[9]);
  free(array);
  free(NULL);
}

static void alignments(void) {
  errno = 0;
  for (size_t alignment = sizeof(void *); alignment <= 1 << 20; alignment *= 2) {
    void *block = NULL;
    printf("posix_memalign %zu: %d ", alignment, posix_memalign(&block, opaque(alignment), opaque(100)));
    show("", block, alignment);
    memset(block, 1, 100);
    free(block);
    block = memalign(opaque(alignment), opaque(33));
    show("memalign", block, alignment);
    block = realloc(block, 5000);
    printf("realloc of aligned usable %d\n", malloc_usable_size(block) >= 5000);
    free(block);
    block = aligned_alloc(opaque(alignment), opaque(2 * alignment));
    show("aligned_alloc", block, alignment);
    free(block);
  }
  void *page = valloc(opaque(10));
  show("valloc", page, (size_t)sysconf(_SC_PAGESIZE));
  free(page);
}

static void errno_kept(void) {
  errno = 12345;
  void *volatile block = malloc(100);
  printf("errno after malloc %d", errno);
  free(block);
  printf(" free %d", errno);
  block = calloc(3, 50);
  block = realloc(block, 1000000);
  printf(" realloc %d", errno);
  free(block);
  printf(" free of a mapped block %d\n", errno);
}

int main(void) {
  sizes();
  failures();
  reallocs();
  alignments();
  errno_kept();
  return 0;
}
