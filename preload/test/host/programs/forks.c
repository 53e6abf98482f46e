/* forks COUNT THREADS: forks COUNT times while THREADS threads allocate, load a library and unload it; every child
 * allocates, frees what its parent made, and ends with its number. Locks that other threads held at that moment are
 * held for ever in the child: one that waits for such a lock is killed by its alarm, and fails the test. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS = 50 };
static atomic_int stop;

static void *allocate(void *number) {
  while (!stop) {
    void *volatile block = malloc(48 + (uintptr_t)number);
    if ((uintptr_t)number == 1) {
      void *library = dlopen("libanl.so.1", RTLD_NOW);
      if (library)
        dlclose(library);
    }
    free(block);
  }
  return NULL;
}

static int child(void **inherited, int number) {
  alarm(20);
  for (int i = 0; i < BLOCKS; i++) {
    void *volatile block = malloc(321);
    block = realloc(block, 4000);
    free(inherited[i]);
    free(block);
  }
  _exit(number & 127);
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 10, threads = argc > 2 ? atoi(argv[2]) : 2, failed = 0;
  pthread_t thread[16];
  void *blocks[BLOCKS];
  for (intptr_t i = 0; i < threads; i++)
    pthread_create(&thread[i], NULL, allocate, (void *)i);
  for (int number = 0; number < count; number++) {
    for (int i = 0; i < BLOCKS; i++)
      blocks[i] = malloc(100);
    int status;
    pid_t process = fork();
    if (process == 0)
      child(blocks, number);
    waitpid(process, &status, 0);
    failed += !WIFEXITED(status) || WEXITSTATUS(status) != (number & 127);
    for (int i = 0; i < BLOCKS; i++)
      free(blocks[i]);
  }
  stop = 1;
  for (int i = 0; i < threads; i++)
    pthread_join(thread[i], NULL);
  printf("%d of %d children failed\n", failed, count);
  return failed != 0;
}
