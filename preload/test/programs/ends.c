/* ends HOW: makes 200 blocks, frees half of them, and ends in one of the ways that a process can. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *volatile block[200];

static void *end_in_thread(void *unused) {
  (void)unused;
  exit(7);
}

static void catch_abort(int signal_number) {
  (void)signal_number;
  _exit(7);
}

int main(int argc, char **argv) {
  const char *how = argc > 1 ? argv[1] : "return";
  for (int i = 0; i < 200; i++)
    block[i] = malloc(100 + (size_t)i);
  for (int i = 0; i < 100; i++)
    free(block[i]);
  if (strcmp(how, "exit") == 0)
    exit(7);
  if (strcmp(how, "_exit") == 0)
    _exit(7);
  if (strcmp(how, "_Exit") == 0)
    _Exit(7);
  if (strcmp(how, "quick_exit") == 0)
    quick_exit(7);
  if (strcmp(how, "abort") == 0)
    abort();
  if (strcmp(how, "caught_abort") == 0) {
    signal(SIGABRT, catch_abort);
    abort();
  }
  if (strcmp(how, "thread") == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, end_in_thread, NULL);
    pthread_exit(NULL);
  }
  return 7;
}
