/* fork with other threads allocating: the child may have inherited a held lock. */
#include "touch.h"
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int stop;

static NOINLINE int recurse(int depth) {
  touch((size_t)depth);
  return depth ? recurse(depth - 1) + 1 : 0;
}
static void *run(void *argument) {
  while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
    recurse((int)touch_random(40));
  return argument;
}

int main(void) {
  pthread_t threads[2];
  for (int i = 0; i < 2; i++)
    pthread_create(&threads[i], NULL, run, NULL);
  int failed = 0;
  for (int i = 0; i < 50; i++) {
    pid_t child = fork();
    if (child == 0) {
      recurse(60 + i);
      _exit(0);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child || status)
      failed++;
  }
  __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
  for (int i = 0; i < 2; i++)
    pthread_join(threads[i], NULL);
  if (failed)
    return 1;
  puts("ok");
  return 0;
}
