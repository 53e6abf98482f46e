/* An event as read from a ring. */
#ifndef HH_EVENT_H
#define HH_EVENT_H
#include "common.h"
#include "thread.h"

typedef struct hh_event {
  uint64_t time; /* ring ticks */
  uint64_t key;  /* address >> 3 */
  uint64_t size;
  uint64_t sample_bytes;  /* recorded with this sampling interval, 0 = for certain */
  hh_thread *thread;      /* whose ring it came from */
  uint32_t thread_number; /* on the wire */
  uint32_t stack;         /* trie node */
  bool allocation;
  bool moved; /* a deallocation by a realloc that goes on with an allocation; said only while culling */
  uint8_t kind, align_log2;
} hh_event;
#endif
