/* Calls that are rare beside malloc and free, and worth a record of their own: those that change the address space, and
 * mallopt. They go through a queue beside the rings, so that the rings' words stay as small as they are.
 *
 * Any thread puts, the sender takes. Bounded, lock-free, async-signal-safe; what does not fit is counted. */
#ifndef HH_CALLS_H
#define HH_CALLS_H
#include "common.h"
#include "losses.h"
#include "pb.h"
#include "thread.h"

/* MemoryCall.Kind */
enum hh_call_kind {
  HH_CALL_MMAP = 1,
  HH_CALL_MUNMAP = 2,
  HH_CALL_MREMAP = 3,
  HH_CALL_BRK = 4,
  HH_CALL_MALLOPT = 5,
};

typedef struct hh_call {
  uint64_t time; /* ring ticks */
  uint64_t address, size;
  uint64_t old_address, old_size;
  uint64_t offset;
  uint32_t kind;
  uint32_t node; /* stack */
  uint32_t tid;
  uint32_t protection, flags;
  int32_t parameter, value, result; /* mallopt */
} hh_call;

/* What a hook holds while it records a call. */
typedef struct hh_call_guard {
  hh_thread *thread; /* NULL: nothing is recorded */
  uintptr_t outer;   /* mark of the hook that this one lies within: an allocator maps memory inside malloc */
} hh_call_guard;

/* Unlike hh_guard_enter it never begins the profile and never starts the sender: an allocator may call mmap while it
 * holds its locks. Keeps errno. */
hh_call_guard hh_call_enter(void *const *frame);
/* Fills in stack and thread, and puts it into the queue. */
void hh_call_leave(hh_call_guard guard, void *const *frame, hh_call *call);

/* Async-signal-safe. */
void hh_call_put(const hh_call *call);

/* ---- for the sender */

bool hh_calls_pending(void);
/* So many that a block should be closed for them. */
bool hh_calls_urgent(void);
/* Chooses the calls of the next block and numbers their stacks: before the block's dictionary is written. Adds what did
 * not fit into the queue to `losses`. */
void hh_calls_choose(hh_losses *losses);
void hh_calls_put(hh_pb *pb, uint32_t field);
/* The block with them is on its way; or it was dropped, then they are counted. */
void hh_calls_done(bool stored, hh_losses *losses);
/* In a forked child. */
void hh_calls_clear(void);
#endif
