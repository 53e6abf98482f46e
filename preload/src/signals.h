/* SIGUSR1 and SIGUSR2 as switches, if asked for by HEAPHOUND_SIGNALS=1. The program may have handlers of its own for
 * them: sigaction and signal are replaced, so that it sets and sees only its own, and ours calls them. */
#ifndef HH_SIGNALS_H
#define HH_SIGNALS_H

/* In the library's constructor. */
void hh_signals_resolve(void);
void hh_signals_watch(void);
#endif
