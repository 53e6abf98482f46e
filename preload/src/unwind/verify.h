/* Finding out how much of a remembered walk still holds. */
#ifndef HH_UNWIND_VERIFY_H
#define HH_UNWIND_VERIFY_H
#include "memo.h"

/* Compares words[count - 1 .. 0] with memory. 0 = all hold, else n: words[n - 1] is the first that changed.
 * In walk order with early exit, so each address is one that a fresh walk would read too: the words before it hold.
 * Four per round; no load may be moved ahead of the comparisons before it (so no vectors either). */
static inline __attribute__((always_inline)) uint32_t hh_verify(const hh_memo_word *words, uint32_t count) {
  const hh_memo_word *word = words + count;
  while (word > words) {
    if (__builtin_expect(word[-1].value != *word[-1].address || word[-2].value != *word[-2].address ||
                             word[-3].value != *word[-3].address || word[-4].value != *word[-4].address,
                         0))
      break;
    word -= 4;
  }
  if (__builtin_expect(word <= words, 1))
    return 0;
  while (word[-1].value == *word[-1].address)
    word--;
  return (uint32_t)(word - words);
}

/* The innermost entry, at most k, that does not depend on words[changed]. -1 = none. */
static inline int hh_memo_outside(const hh_memo_entry *entry, int k, uint32_t changed) {
  int low = 0, high = k + 1;
  while (low < high) {
    int middle = (low + high) / 2;
    if (entry[middle].word <= changed)
      low = middle + 1;
    else
      high = middle;
  }
  return low - 1;
}
#endif
