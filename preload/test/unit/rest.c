/* The memory of a ring whose thread rests goes back to the kernel, and nothing that is written then is lost. */
#include <sys/mman.h>

#include "block.h"
#include "check.h"
#include "chunks.h"
#include "clock.h"
#include "compress.h"
#include "dictionary.h"
#include "losses.h"
#include "match.h"
#include "merge.h"
#include "ring.h"
#include "spool.h"
#include "stack_numbers.h"
#include "stacks.h"
#include "thread_names.h"

enum { PAGE = 4096, PAGES = HH_CHUNK_BYTES / PAGE };

static int begin(void) {
  hh_ring_thread_chunks = 8;
  hh_clock_init();
  return hh_chunks_init(1 << 20) | hh_stacks_init() | hh_threads_init() | hh_stack_numbers_init() |
         hh_thread_names_init() | hh_dictionary_init() | hh_compress_init() | hh_match_init() | hh_merge_init() |
         hh_block_init() | hh_spool_init(64 << 20);
}

static void write_frees(hh_thread *thread, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    hh_ring_put_free(thread, hh_ring_ticks(), 0x10000 + 16 * i, 0);
}

static uint32_t resident_pages(hh_thread *thread) {
  unsigned char pages[PAGES];
  uint32_t count = 0;
  mincore(hh_chunk_words(thread->read_chunk), HH_CHUNK_BYTES, pages);
  for (int i = 0; i < PAGES; i++)
    count += pages[i] & 1;
  return count;
}

int main(void) {
  enum { EVENTS = 6000, BYTES_PER_EVENT = 8 };
  CHECK("starts", begin() == 0);
  hh_thread *thread = hh_thread_attach();
  write_frees(thread, EVENTS);
  uint32_t used = resident_pages(thread);
  CHECK("events take memory", used >= EVENTS * BYTES_PER_EVENT / PAGE);
  hh_merge_reap();
  hh_merge_reap();
  CHECK("what was not read stays", resident_pages(thread) == used);
  uint64_t read = hh_merge_pass(true);
  CHECK("all of it is read", read >= EVENTS * BYTES_PER_EVENT);
  hh_merge_reap();
  CHECK("a moment's rest changes nothing", resident_pages(thread) == used);
  hh_merge_reap();
  CHECK("a longer one gives memory back", resident_pages(thread) <= 1);
  write_frees(thread, 10);
  CHECK("the ring goes on", hh_merge_pass(true) >= 10 * BYTES_PER_EVENT && thread->lost_events == 0);
  return hh_check_end();
}
