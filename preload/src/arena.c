#include "arena.h"

#include <linux/prctl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "sys/syscall.h"

enum { PAGE = 4096 };
enum { SET_VMA = 0x53564d41, SET_VMA_ANON_NAME = 0 }; /* PR_SET_VMA: newer than some of the headers we build with */

static uint64_t held_bytes;

static size_t whole_pages(size_t bytes) {
  return (bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
}

static void *map(size_t bytes, int flags, const char *name) {
  long at = hh_syscall6(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (at < 0 && at > -PAGE)
    return NULL;
  hh_syscall6(SYS_prctl, SET_VMA, SET_VMA_ANON_NAME, at, (long)bytes, (long)name, 0);
  return (void *)at;
}

void *hh_pages(size_t bytes, const char *name) {
  void *pages = map(whole_pages(bytes), 0, name);
  if (pages)
    __atomic_fetch_add(&held_bytes, whole_pages(bytes), __ATOMIC_RELAXED);
  return pages;
}

void *hh_pages_reserve(size_t bytes, const char *name) {
  return map(whole_pages(bytes), MAP_NORESERVE, name);
}

/* A piece is filled from its beginning; what is too little for the one who asks stays empty. */
enum { PIECE = 32 << 10, LINE = 64 };
typedef struct piece {
  size_t used;
} piece;
static piece *current_piece;

void *hh_small(size_t bytes) {
  const size_t size = (bytes + LINE - 1) & ~(size_t)(LINE - 1);
  if (size > PIECE - LINE)
    return hh_pages(bytes, "heaphound");
  for (;;) {
    piece *now = __atomic_load_n(&current_piece, __ATOMIC_ACQUIRE);
    size_t at = now ? __atomic_fetch_add(&now->used, size, __ATOMIC_RELAXED) + LINE : PIECE;
    if (at <= PIECE - size)
      return (char *)now + at;
    piece *next = hh_pages(PIECE, "heaphound threads");
    if (!next)
      return NULL;
    if (!__atomic_compare_exchange_n(&current_piece, &now, next, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      hh_pages_free(next, PIECE); /* another thread was first */
  }
}

void hh_pages_free(void *pages, size_t bytes) {
  if (!pages)
    return;
  hh_syscall3(SYS_munmap, (long)pages, (long)whole_pages(bytes), 0);
  __atomic_fetch_sub(&held_bytes, whole_pages(bytes), __ATOMIC_RELAXED);
}

uint64_t hh_pages_bytes(void) {
  return __atomic_load_n(&held_bytes, __ATOMIC_RELAXED);
}

size_t hh_page_bytes(void) {
  return getauxval(AT_PAGESZ);
}

void hh_pages_clear(void *pages, size_t bytes) {
  hh_syscall3(SYS_madvise, (long)pages, (long)whole_pages(bytes), MADV_DONTNEED);
}

void hh_pages_wiped_in_child(void *pages, size_t bytes) {
  hh_syscall3(SYS_madvise, (long)pages, (long)whole_pages(bytes), MADV_WIPEONFORK);
}

void hh_pages_not_inherited(void *pages, size_t bytes) {
  hh_syscall3(SYS_madvise, (long)pages, (long)whole_pages(bytes), MADV_DONTFORK);
}

void hh_pages_huge(void *pages, size_t bytes) {
  uintptr_t from = ((uintptr_t)pages + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
  uintptr_t to = ((uintptr_t)pages + bytes) & ~(uintptr_t)(PAGE - 1);
  if (to > from)
    hh_syscall3(SYS_madvise, (long)from, (long)(to - from), MADV_HUGEPAGE);
}
