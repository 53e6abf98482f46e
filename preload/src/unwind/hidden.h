/* Data of the fast path is declared hidden, so that reaching it takes no table of addresses (-fvisibility covers
 * definitions only). */
#ifndef HH_UNWIND_HIDDEN_H
#define HH_UNWIND_HIDDEN_H
#define HH_HIDDEN __attribute__((visibility("hidden")))
#endif
