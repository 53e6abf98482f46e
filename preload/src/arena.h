/* Memory of the profiler itself: straight from mmap, never from the application's allocator, counted, never freed
 * to it. Everything here is thread-safe and async-signal-safe (mmap and atomics only). */
#ifndef HH_ARENA_H
#define HH_ARENA_H
#include <stddef.h>
#include <stdint.h>

/* Zeroed pages, rounded up to the page size; NULL when the kernel refuses. `name` labels them where the kernel can. */
void *hh_pages(size_t bytes, const char *name);
/* Address space only: pages are backed when touched. For tables that grow in place. */
void *hh_pages_reserve(size_t bytes, const char *name);
/* Zeroed memory of a cache line or more, for good, from pages that it shares with others; NULL as above. */
void *hh_small(size_t bytes);
void hh_pages_free(void *pages, size_t bytes);
/* Of this kernel: 4 KiB, or 64 KiB on some of arm64 and ppc64le. */
size_t hh_page_bytes(void);
/* Zeroes whole pages by giving them back to the kernel. Both numbers are multiples of such a page, or bytes ends with
 * what was asked for at once: the kernel rounds up. */
void hh_pages_clear(void *pages, size_t bytes);
/* Asks for huge pages; a hint. */
void hh_pages_huge(void *pages, size_t bytes);
/* A forked child finds zeros (MADV_WIPEONFORK): for pages that are written all the time, of which each one would be
 * copied after a fork. Without the kernel's help it finds what there was. */
void hh_pages_wiped_in_child(void *pages, size_t bytes);
/* A forked child does not get these pages (MADV_DONTFORK): it must forget them without touching them. */
void hh_pages_not_inherited(void *pages, size_t bytes);
/* Bytes obtained by hh_pages and not given back (reservations not counted). */
uint64_t hh_pages_bytes(void);

/* A growing heap of the sender thread for code that wants malloc/realloc/free (nghttp2, TLS). Not for other threads. */
void *hh_sender_malloc(size_t bytes);
void *hh_sender_calloc(size_t count, size_t bytes);
void *hh_sender_realloc(void *block, size_t bytes);
void hh_sender_free(void *block);
/* In a forked child: everything in it belonged to the parent's sender. */
void hh_sender_heap_forget(void);
#endif
