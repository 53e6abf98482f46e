// Allocates, forks, and allocates on both sides: 100 before, 1,000 in each child, 10 in the parent after. Three children, one
// of which forks again while another thread of its parent allocates.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_int stop;

static __attribute__((noinline)) void allocate(int count) {
  for (int i = 0; i < count; i++) free(malloc((size_t)(i + 1)));
}

static void *busy(void *unused) {
  while (!atomic_load(&stop)) {
    allocate(10);
    usleep(100);  // what it records must not keep the machine busy while a child waits for its acknowledgements
  }
  return unused;
}

static int child(int grandchildren) {
  pid_t pid = fork();
  if (pid != 0) {
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
  }
  allocate(1000);
  _exit(grandchildren > 0 ? child(grandchildren - 1) + 1 : 1);
}

int main(void) {
  allocate(100);
  int sum = child(0) + child(0);
  pthread_t thread;
  pthread_create(&thread, NULL, busy, NULL);
  sum += child(1);
  atomic_store(&stop, 1);
  pthread_join(thread, NULL);
  allocate(10);
  return sum;  // 1 + 1 + 2
}
