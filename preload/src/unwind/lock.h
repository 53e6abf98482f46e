/* A lock of one word for short sections: spin a little, then sleep in the kernel. Nothing the loader or the application
 * could wait for happens while one is held; never call glibc's dl_iterate_phdr under it (its callbacks may allocate).
 * Signals wait too: a handler that left by siglongjmp, or a cancellation, would leave the lock held for ever. That
 * costs two system calls, where a rule is compiled or a stack is new. */
#ifndef HH_UNWIND_LOCK_H
#define HH_UNWIND_LOCK_H
#include "../sys/sys.h"
#include <stdint.h>

typedef struct hh_lock {
  uint32_t word;          /* 0 free, 1 held, 2 held and somebody sleeps */
  hh_sys_signals signals; /* of the holder, before it took the lock */
} hh_lock;

enum { HH_LOCK_SPINS = 200 };

static inline void hh_lock_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static inline int hh_lock_try(hh_lock *lock) {
  uint32_t expected = 0;
  return __atomic_compare_exchange_n(&lock->word, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void hh_lock_acquire(hh_lock *lock) {
  for (int i = 0; i < HH_LOCK_SPINS; i++) {
    if (hh_lock_try(lock))
      return;
    hh_lock_pause();
  }
  while (__atomic_exchange_n(&lock->word, 2, __ATOMIC_ACQUIRE) != 0)
    hh_sys_futex_wait(&lock->word, 2, 100 * 1000 * 1000);
}

static inline void hh_lock_take(hh_lock *lock) {
  hh_sys_signals before;
  hh_sys_hold_signals(&before);
  hh_lock_acquire(lock);
  lock->signals = before;
}

static inline void hh_lock_release(hh_lock *lock) {
  hh_sys_signals before = lock->signals;
  if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) == 2)
    hh_sys_futex_wake(&lock->word, 1);
  hh_sys_let_signals(&before);
}
#endif
