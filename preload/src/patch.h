/* Makes a function begin with a jump to another one, for functions whose callers cannot be redirected: those of an
 * allocator that is linked into the executable. Refuses whatever is not provably safe. Only while the process has one
 * thread. */
#ifndef HH_PATCH_H
#define HH_PATCH_H
#include <stddef.h>
#include <stdint.h>

/* Prepares one function: NULL and *original = what does what the function did before, or why not. `size` of its code.
 */
const char *hh_patch_prepare(void *function, size_t size, const void *hook, void **original);
/* Writes the jumps of all that was prepared: all of an allocator's functions are hooked or none. NULL, or why not. */
const char *hh_patch_commit(void);
void hh_patch_forget(void); /* what was prepared */
#endif
