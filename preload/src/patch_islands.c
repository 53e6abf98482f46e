#include "patch_islands.h"

#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "patch.h"
#include "sys/syscall.h"

enum { PAGES = 8, MOST_PENDING = 160 };

static struct {
  uint8_t *page;
  size_t used;
} pages[PAGES];
static unsigned page_count;

static struct {
  uint8_t *code;
  uint8_t jump[HH_JUMP_BYTES_MAX];
  size_t bytes;
} pending[MOST_PENDING];
static unsigned pending_count;

/* ---- islands */

static bool is_near(const uint8_t *a, const uint8_t *b, uint64_t reach) {
  return (uint64_t)(a > b ? a - b : b - a) < reach;
}

static uint8_t *map_at(uint64_t address) {
  enum { FIXED_NOREPLACE = 0x100000, ERRORS = 4096 };
  long at = hh_syscall6(SYS_mmap, (long)address, (long)hh_page_bytes(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | FIXED_NOREPLACE, -1, 0);
  if (at < 0 && at > -ERRORS)
    return NULL;
  if ((uint64_t)at == address)
    return (uint8_t *)at;
  hh_syscall3(SYS_munmap, at, (long)hh_page_bytes(), 0); /* a kernel that does not know the flag */
  return NULL;
}

static uint8_t *map_near(const uint8_t *function, uint64_t reach) {
  enum { STEP = 1 << 20 };
  uint64_t from = (uint64_t)(uintptr_t)function & ~(uint64_t)(STEP - 1);
  for (uint64_t distance = STEP; distance < reach / 2; distance += STEP) {
    uint8_t *page = map_at(from + distance);
    if (!page && from > distance)
      page = map_at(from - distance);
    if (page)
      return page;
  }
  return NULL;
}

uint8_t *hh_island_take(const uint8_t *function, uint64_t reach) {
  for (unsigned i = 0; i < page_count; i++)
    if (is_near(pages[i].page, function, reach) && pages[i].used + HH_ISLAND_BYTES <= hh_page_bytes()) {
      pages[i].used += HH_ISLAND_BYTES;
      hh_syscall3(SYS_mprotect, (long)pages[i].page, (long)hh_page_bytes(), PROT_READ | PROT_WRITE);
      return pages[i].page + pages[i].used - HH_ISLAND_BYTES;
    }
  uint8_t *page = page_count < PAGES ? map_near(function, reach) : NULL;
  if (!page)
    return NULL;
  pages[page_count].page = page;
  pages[page_count++].used = HH_ISLAND_BYTES;
  return page;
}

/* ---- jumps */

bool hh_jump_is_free(const uint8_t *code) {
  for (unsigned i = 0; i < pending_count; i++)
    if (pending[i].code == code)
      return false;
  return pending_count < MOST_PENDING;
}

void hh_jump_prepare(uint8_t *code, const void *jump, size_t bytes) {
  pending[pending_count].code = code;
  pending[pending_count].bytes = bytes;
  memcpy(pending[pending_count++].jump, jump, bytes);
}

static bool protect(const uint8_t *code, size_t bytes, int protection) {
  const uint64_t page = hh_page_bytes(), at = (uint64_t)(uintptr_t)code;
  const uint64_t from = at & ~(page - 1), to = (at + bytes + page - 1) & ~(page - 1);
  return hh_syscall3(SYS_mprotect, (long)from, (long)(to - from), protection) == 0;
}

static const char *put_jump(uint8_t *code, const uint8_t *jump, size_t bytes) {
  if (!protect(code, bytes, PROT_READ | PROT_WRITE))
    return "the system does not allow its code to be changed";
  memcpy(code, jump, bytes);
  if (!protect(code, bytes, PROT_READ | PROT_EXEC))
    return "its code cannot be made executable again";
  __builtin___clear_cache((char *)code, (char *)code + bytes);
  return NULL;
}

void hh_patch_forget(void) {
  pending_count = 0;
}

const char *hh_patch_commit(void) {
  const char *problem = NULL;
  for (unsigned i = 0; i < page_count && !problem; i++) {
    if (hh_syscall3(SYS_mprotect, (long)pages[i].page, (long)hh_page_bytes(), PROT_READ | PROT_EXEC) != 0)
      problem = "the system does not allow new code";
    else
      __builtin___clear_cache((char *)pages[i].page, (char *)pages[i].page + pages[i].used);
  }
  for (unsigned i = 0; i < pending_count && !problem; i++)
    problem = put_jump(pending[i].code, pending[i].jump, pending[i].bytes);
  pending_count = 0;
  return problem;
}
