/* namespaces: a library in a namespace of its own (dlmopen), with a C library of its own, allocates there and calls
 * back. Prints what it counted. Its plugin is this file too. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 1000, INSIDE = 1234, OUTSIDE = 4321 };

static void *kept[ROUNDS];

/* In the plugin: with the allocator of its namespace, then with the program's. */
int plugin_run(void (*call_back)(int round));
int plugin_run(void (*call_back)(int round)) {
  int made = 0;
  for (int round = 0; round < ROUNDS; round++) {
    char *block = malloc(INSIDE);
    made += block != NULL;
    memset(block, round, INSIDE);
    call_back(round);
    free(round % 2 ? realloc(block, 2 * INSIDE) : block);
  }
  return made;
}

static __attribute__((noinline)) void called_back(int round) {
  kept[round] = malloc(OUTSIDE);
}

int main(int argc, char **argv) {
  int inside = 0;
  if (argc < 2)
    return 2;
  for (int again = 0; again < 3; again++) {
    void *plugin = dlmopen(LM_ID_NEWLM, argv[1], RTLD_NOW);
    int (*run)(void (*)(int));
    void *found = plugin ? dlsym(plugin, "plugin_run") : NULL;
    if (!found) {
      printf("%s\n", dlerror());
      return 1;
    }
    memcpy(&run, &found, sizeof run);
    inside += run(called_back);
    for (int i = 0; i < ROUNDS; i++)
      free(kept[i]);
    dlclose(plugin);
  }
  printf("%d inside\n", inside);
  return 0;
}
