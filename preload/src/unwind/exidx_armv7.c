#include "exidx.h"
#include "exidx_code.h"

enum { ENTRY_BYTES = 8, CANTUNWIND = 1, WORDS_MAX = 255 };

/* Places are 31 bits, relative to where they are written. */
static uint64_t place(uint64_t at, uint32_t word) {
  return (uint32_t)((uint32_t)at + (uint32_t)((int32_t)(word << 1) >> 1));
}

static uint32_t word_at(const hh_image *image, uint64_t at, int *bad) {
  hh_reader r = hh_image_reader(image, at);
  const uint32_t word = hh_read_u32(&r);
  *bad |= r.bad;
  return word;
}

/* The last entry whose function starts at or before address. Entries: {place of the function, what to do}. */
static int find(const hh_image *image, uint64_t address, uint64_t *entry) {
  uint32_t low = 0, high = image->exidx_count;
  int bad = 0;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const uint64_t at = image->exidx + (uint64_t)middle * ENTRY_BYTES;
    if (place(at, word_at(image, at, &bad)) <= address)
      low = middle + 1;
    else
      high = middle;
  }
  if (!low || bad)
    return -1;
  *entry = image->exidx + (uint64_t)(low - 1) * ENTRY_BYTES;
  return 0;
}

/* What follows a word whose instructions begin with its byte number `first`: bytes are taken from the top down. */
typedef struct code {
  const hh_image *image;
  uint64_t next;       /* address of the following word */
  uint32_t word, left; /* left: of following words */
  unsigned in_word;    /* bytes of `word` not yet taken */
  int bad;
} code;

static int take(void *from) {
  code *c = from;
  if (!c->in_word) {
    if (!c->left)
      return -1;
    c->word = word_at(c->image, c->next, &c->bad);
    c->next += sizeof c->word;
    c->left--;
    c->in_word = 4;
  }
  return c->bad ? -1 : (int)(c->word >> 8 * --c->in_word & 0xff);
}

/* The instructions of a record of .ARM.extab. Its first word says how they are packed: bit 31 and a number (0: three
 * bytes, 1 and 2: two bytes and more words), or the place of a personality of C++'s kind, which packs them as 1 does in
 * the word behind it. */
static int open_record(code *c, uint64_t at) {
  uint32_t word = word_at(c->image, at, &c->bad);
  at += sizeof word;
  if (!(word >> 31)) {
    word = word_at(c->image, at, &c->bad);
    at += sizeof word;
    *c = (code){c->image, at, word, word >> 24, 3, c->bad};
  } else if ((word >> 24 & 15) == 0) {
    *c = (code){c->image, at, word, 0, 3, c->bad};
  } else if ((word >> 24 & 15) <= 2) {
    *c = (code){c->image, at, word, word >> 16 & 0xff, 2, c->bad};
  } else {
    return -1;
  }
  return c->bad ? -1 : 0;
}

int hh_exidx_row_at(const hh_image *image, uint64_t address, hh_cfi_row *row) {
  uint64_t entry;
  code c = {.image = image};
  if (!image->exidx || find(image, address, &entry))
    return -1;
  const uint32_t what = word_at(image, entry + 4, &c.bad);
  if (c.bad || what == CANTUNWIND)
    return -1;
  if (what >> 31 && (what >> 24 & 15) == 0) { /* in the entry itself */
    c.word = what;
    c.in_word = 3;
  } else if (what >> 31 || open_record(&c, place(entry + 4, what))) {
    return -2;
  }
  return hh_arm_row(take, &c, row);
}
