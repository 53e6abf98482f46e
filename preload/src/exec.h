/* Hooks of exec and posix_spawn (exec.c): a profile ends before its program is replaced, and what a new program finds
 * in its environment follows the options. */
#ifndef HH_EXEC_H
#define HH_EXEC_H

/* Finds the functions behind the hooks. Once, at the beginning. */
void hh_exec_resolve(void);
#endif
