#ifndef HH_ALLOCATOR_STATS_H
#define HH_ALLOCATOR_STATS_H
#include "common.h"
#include "pb.h"

/* In the library's constructor: which allocator serves malloc, and its function that says more (allocators.c). */
void hh_allocator_stats_resolve(const char *allocator, uint64_t version_function);
/* By the sender, with each block: an AllocatorSample when one is due. */
void hh_allocator_stats_put(hh_pb *pb, uint32_t field);
void hh_allocator_stats_clear(void); /* in a forked child */
#endif
