/* What a walk may read: ranges grow by probing, stop at unmapped pages, merge, and are not trusted after a guess. */
#include "check.h"
#include "unwind/readable.h"
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, PAGES = 64 };

static uint64_t area;
static uint64_t at(uint64_t page) {
  return area + page * PAGE;
}
static int map_pages(uint64_t from, uint64_t count, int access) {
  return mprotect((void *)(uintptr_t)at(from), count * PAGE, access);
}

int main(void) {
  hh_readable r;
  memset(&r, 0, sizeof r);
  area = (uint64_t)(uintptr_t)mmap(NULL, PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK("two stacks with a hole between",
        !map_pages(4, 8, PROT_READ | PROT_WRITE) && !map_pages(20, 8, PROT_READ | PROT_WRITE));

  hh_readable_enter(&r, at(6) + 128);
  CHECK("further out in the same stack", hh_readable_check(&r, at(8)));
  CHECK("the range grew", hh_readable_now(&r)->start == at(6) && hh_readable_now(&r)->end == at(9));
  CHECK("its last page", hh_readable_check(&r, at(12) - 8));
  CHECK("not behind it", !hh_readable_check(&r, at(12)));
  CHECK("not across the hole's edge", !hh_readable_check(&r, at(12) + 8 * PAGE - 8));
  CHECK("not the null page", !hh_readable_check(&r, 0) && !hh_readable_check(&r, 8));
  CHECK("no odd addresses", !hh_readable_check(&r, at(7) + HH_WORD / 2));
  CHECK("the other stack is readable too", hh_readable_check(&r, at(21)));
  CHECK("as a range of its own", hh_readable_now(&r)->start == at(21));
  hh_readable_enter(&r, at(5));
  CHECK("a deeper frame grows the first range downwards",
        hh_readable_now(&r)->start == at(5) && hh_readable_now(&r)->end == at(12));
  CHECK("room for whole words only", hh_readable_room(hh_readable_now(&r)) == 7 * PAGE - (HH_WORD - 1));

  hh_readable_check(&r, at(20));
  hh_readable_check(&r, at(27));
  map_pages(22, 6, PROT_NONE);
  hh_readable_enter(&r, at(20));
  hh_readable_doubt(&r);
  CHECK("after a guess a known range is asked about again",
        r.doubt && hh_readable_check(&r, at(21)) && !hh_readable_check(&r, at(24)));
  hh_readable_enter(&r, at(5));
  CHECK("the next walk starts without doubt", !r.doubt && hh_readable_check(&r, at(11)));

  uint64_t local = (uint64_t)(uintptr_t)__builtin_frame_address(0) & ~(uint64_t)7;
  hh_readable_enter(&r, local);
  hh_readable_doubt(&r);
  CHECK("the main stack is never doubted", !r.doubt);

  map_pages(0, PAGES, PROT_READ | PROT_WRITE);
  for (uint64_t i = 0; i < PAGES; i += 2)
    hh_readable_enter(&r, at(i));
  hh_readable_enter(&r, at(1));
  CHECK("touching ranges become one", hh_readable_check(&r, at(PAGES - 1)) && hh_readable_now(&r)->end == at(PAGES));
  return hh_check_end();
}
