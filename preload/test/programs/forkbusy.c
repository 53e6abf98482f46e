/* forkbusy: two threads allocate without pause while the process forks; each child allocates 20000 blocks of 321 bytes
 * and ends. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 6, BLOCKS = 20000 };
static atomic_int stop;

static void *allocate(void *unused) {
  while (!stop) {
    void *volatile block = malloc(48);
    free(block);
  }
  return unused;
}

static void child(void) {
  for (int i = 0; i < BLOCKS; i++) {
    void *volatile block = malloc(321);
    free(block);
  }
  exit(0);
}

int main(void) {
  pthread_t threads[2];
  int failed = 0;
  for (int i = 0; i < 2; i++)
    pthread_create(&threads[i], NULL, allocate, NULL);
  for (int i = 0; i < CHILDREN; i++) {
    usleep(30000);
    pid_t process = fork();
    if (process == 0)
      child();
    int status;
    waitpid(process, &status, 0);
    failed += status != 0;
  }
  stop = 1;
  for (int i = 0; i < 2; i++)
    pthread_join(threads[i], NULL);
  return failed;
}
