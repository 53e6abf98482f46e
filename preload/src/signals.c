#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "common.h"
#include "libc.h"
#include "mode.h"
#include "notes.h"
#include "process.h"
#include "sys/sys.h"

enum { SWITCHES = 2, VERSIONS = 4 };

static int (*real_sigaction)(int number, const struct sigaction *action, struct sigaction *old);
static bool watching;

/* What the program has asked for. A handler may read while another thread writes the next version. */
static struct {
  struct sigaction version[VERSIONS];
  uint32_t newest; /* ever written */
  uint32_t received;
} theirs[SWITCHES];

static int place_of(int number) {
  return number == SIGUSR1 ? 0 : number == SIGUSR2 ? 1 : -1;
}

static const struct sigaction *their_action(int place) {
  return &theirs[place].version[__atomic_load_n(&theirs[place].newest, __ATOMIC_ACQUIRE) % VERSIONS];
}

static void set_their_action(int place, const struct sigaction *action) {
  uint32_t next = theirs[place].newest + 1;
  theirs[place].version[next % VERSIONS] = *action;
  __atomic_store_n(&theirs[place].newest, next, __ATOMIC_RELEASE);
}

static bool has_handler(const struct sigaction *action) {
  return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

static void handle(int number, siginfo_t *info, void *context);

/* Ours with the flags and the mask that theirs has: it runs as the program wants its handler to run. */
static int install(int number, const struct sigaction *action) {
  struct sigaction ours = {.sa_flags = SA_RESTART};
  if (has_handler(action))
    ours = *action;
  ours.sa_sigaction = handle;
  ours.sa_flags |= SA_SIGINFO;
  ours.sa_flags &= ~(int)SA_RESETHAND;
  return real_sigaction(number, &ours, NULL);
}

/* In a process that is not profiled, such as a forked child, the signal does what it always did. */
static void default_action(int number) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  real_sigaction(number, &action, NULL);
  hh_sys_signal_self(number);
}

static void pass_on(int number, siginfo_t *info, void *context, const struct sigaction *action) {
  if (action->sa_flags & (int)SA_RESETHAND)
    set_their_action(place_of(number), &(struct sigaction){.sa_handler = SIG_DFL});
  if (action->sa_flags & SA_SIGINFO)
    action->sa_sigaction(number, info, context);
  else
    action->sa_handler(number);
}

static void handle(int number, siginfo_t *info, void *context) {
  int saved_errno = errno, place = place_of(number);
  struct sigaction action = *their_action(place);
  bool profiled = hh_gate.alive;
  if (profiled && number == SIGUSR1)
    hh_mode_toggle(HH_WHY_SIGNAL);
  else if (profiled)
    hh_marker_put(__atomic_add_fetch(&theirs[place].received, 1, __ATOMIC_RELAXED), "SIGUSR2");
  errno = saved_errno;
  if (has_handler(&action))
    pass_on(number, info, context, &action);
  else if (!profiled && action.sa_handler == SIG_DFL)
    default_action(number);
}

void hh_signals_resolve(void) {
  void *found = hh_libc_next("sigaction");
  memcpy(&real_sigaction, &found, sizeof found);
}

void hh_signals_watch(void) {
  static const int numbers[SWITCHES] = {SIGUSR1, SIGUSR2};
  for (int place = 0; place < SWITCHES && real_sigaction; place++) {
    struct sigaction was;
    if (real_sigaction(numbers[place], NULL, &was) != 0)
      continue;
    set_their_action(place, &was);
    install(numbers[place], &was);
  }
  watching = real_sigaction;
}

HH_EXPORT int sigaction(int number, const struct sigaction *action, struct sigaction *old) {
  if (!real_sigaction)
    hh_signals_resolve();
  int place = place_of(number);
  if (!watching || place < 0)
    return real_sigaction(number, action, old);
  struct sigaction was = *their_action(place);
  if (action) {
    set_their_action(place, action);
    install(number, action);
  }
  if (old)
    *old = was;
  return 0;
}

HH_EXPORT void (*signal(int number, void (*handler)(int)))(int) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
  return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}
