/* Threads as they appear on the wire: numbered from 1 by first event, never reused. The sender thread alone uses it. */
#ifndef HH_THREAD_NAMES_H
#define HH_THREAD_NAMES_H
#include "common.h"

typedef struct hh_thread_name {
  int tid;
  char name[16];
} hh_thread_name;

int hh_thread_names_init(void); /* 0 or -errno; again after a fork */
uint32_t hh_thread_names_add(int tid);
uint32_t hh_thread_names_count(void);
/* Number 1 .. count. */
const hh_thread_name *hh_thread_names_get(uint32_t number);
/* Reads the name again if the thread is still there: threads name themselves after their start. */
void hh_thread_names_refresh(uint32_t number);
#endif
