/* An event as read from a ring. */
#ifndef HH_EVENT_H
#define HH_EVENT_H
#include "common.h"
#include "thread.h"

typedef struct hh_event {
  uint64_t time; /* ring ticks */
  uint64_t key;  /* address >> 3 */
  uint64_t size;
  hh_thread *thread;      /* whose ring it came from */
  uint32_t thread_number; /* on the wire */
  uint32_t stack;         /* trie node */
  bool allocation;
  uint8_t kind, align_log2;
} hh_event;
#endif
