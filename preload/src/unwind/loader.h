/* Which objects are mapped, and when to look again. Two ways to see the loader's list: its own records, read without
 * any lock (loader_links.h), and, where that cannot be done, dl_iterate_phdr, which takes the loader's lock. */
#ifndef HH_UNWIND_LOADER_H
#define HH_UNWIND_LOADER_H
#include "arch.h"
#include "loader_watch.h"
#include "snapshot.h"

/* Reads the list again if it has changed. address: a call address that lies in no known object, 0 = none in particular.
 * in_loader: the caller may be inside the loader, which may not be done with its list; what is read then will be read
 * again. None of our locks may be held. */
void hh_loader_refresh(uint64_t address, int in_loader);
/* In a forked child. */
void hh_loader_after_fork(void);
/* From now on without copying memory: the kernel refuses it, or would end the process. */
void hh_loader_cannot_copy(void);
#endif
