#include "code.h"

enum { FP = 29, LR = 30, SP = 31, STEPS_MAX = 3000, BRANCHES_MAX = 24, NOWHERE_YET = -1 };

/* A place to go on from, and what happened on the way to it. Offsets count from the first stack pointer. */
typedef struct path {
  uint64_t at;
  int64_t popped;            /* from the first stack pointer to the present one */
  int64_t link_at, frame_at; /* where x30 and x29 were loaded from; -1 = were not */
} path;

typedef struct search {
  const hh_image *image;
  path branch[BRANCHES_MAX]; /* taken when the straight way leads nowhere */
  int branches, steps;
} search;

enum flow { ON, RETURNED, NOWHERE };

static int64_t sign_extended(uint32_t value, unsigned bits) {
  return (int64_t)((uint64_t)value << (64 - bits)) >> (64 - bits);
}

static void add_branch(search *s, const path *p, int64_t distance) {
  if (s->branches == BRANCHES_MAX)
    return;
  s->branch[s->branches] = *p;
  s->branch[s->branches++].at = p->at + (uint64_t)distance;
}

static void loaded(path *p, unsigned number, int64_t from) {
  if (number == LR)
    p->link_at = from;
  else if (number == FP)
    p->frame_at = from;
}

/* ldp, stp of two 64-bit integer registers; ldr, str of one: those that write the stack pointer back or load what we
 * are looking for. */
static void follow_pair(path *p, uint32_t code) {
  const unsigned mode = code >> 23 & 3, base = code >> 5 & 31;
  const int64_t offset = sign_extended(code >> 15 & 127, 7) * 8;
  if (base != SP)
    return;
  const int64_t from = mode == 1 ? p->popped : p->popped + offset; /* post-indexed: the offset counts afterwards */
  if (code >> 22 & 1) {
    loaded(p, code & 31, from);
    loaded(p, code >> 10 & 31, from + 8);
  }
  if (mode & 1)
    p->popped += offset;
}

static void follow_single(path *p, uint32_t code) {
  const unsigned base = code >> 5 & 31, load = code >> 22 & 1;
  if (base != SP)
    return;
  if (code >> 24 & 1) { /* unsigned offset */
    if (load)
      loaded(p, code & 31, p->popped + (int64_t)(code >> 10 & 4095) * 8);
    return;
  }
  const unsigned mode = code >> 10 & 3;
  const int64_t offset = sign_extended(code >> 12 & 511, 9);
  if (load && mode != 2)
    loaded(p, code & 31, mode == 1 ? p->popped : p->popped + offset);
  if (mode & 1)
    p->popped += offset;
}

/* add or sub of a constant, with sp as the result. */
static enum flow follow_sum(path *p, uint32_t code) {
  if ((code & 31) != SP || (code >> 29 & 1))
    return ON;
  if ((code >> 5 & 31) != SP)
    return NOWHERE; /* from another register */
  const int64_t value = (int64_t)(code >> 10 & 4095) << (code >> 22 & 1 ? 12 : 0);
  p->popped += code >> 30 & 1 ? -value : value;
  return ON;
}

static int is_pointer_authentication(uint32_t code) {
  return code == 0xd65f0bff || code == 0xd65f0fff; /* retaa, retab */
}

static enum flow follow_branch(search *s, path *p, uint32_t code) {
  if (code == 0xd65f03c0 || is_pointer_authentication(code))
    return RETURNED;
  if (code >> 26 == 5) { /* b: p->at is one instruction further */
    p->at += (uint64_t)(sign_extended(code & 0x3ffffff, 26) * 4 - 4);
    return ON;
  }
  if (code >> 24 == 0x54 || (code & 0x7e000000) == 0x34000000) /* b.cond, cbz, cbnz */
    add_branch(s, p, sign_extended(code >> 5 & 0x7ffff, 19) * 4 - 4);
  if ((code & 0x7e000000) == 0x36000000) /* tbz, tbnz */
    add_branch(s, p, sign_extended(code >> 5 & 0x3fff, 14) * 4 - 4);
  if ((code & 0xfe1f0000) == 0xd61f0000 && (code & 0x600000) != 0x200000)
    return NOWHERE; /* br: a switch, or a tail call */
  if ((code & 0xffe0001f) == 0xd4200000 || code >> 16 == 0)
    return NOWHERE; /* brk, udf */
  return ON;
}

static enum flow follow(search *s, path *p) {
  uint32_t code;
  hh_reader r = hh_image_reader(s->image, p->at);
  code = hh_read_u32(&r);
  if (r.bad)
    return NOWHERE;
  p->at += 4;
  if ((code & 0xfe000000) == 0xa8000000) {
    follow_pair(p, code);
    return ON;
  }
  if ((code & 0xfe800000) == 0xf8000000 || (code & 0xff800000) == 0xf9000000) {
    if (!(code >> 21 & 1) || (code >> 24 & 1))
      follow_single(p, code);
    return ON;
  }
  if ((code & 0x9f800000) == 0x91000000)
    return follow_sum(p, code);
  if ((code & 0xffe003ff) == 0x8b2003ff)
    return NOWHERE; /* add sp, sp, register */
  return follow_branch(s, p, code);
}

static int find_return(search *s, path *p) {
  for (;;) {
    enum flow flow = ON;
    while (flow == ON && s->steps++ < STEPS_MAX && p->popped >= 0)
      flow = follow(s, p);
    if (flow == RETURNED && p->popped >= 0 && !(p->popped & 15))
      return 0;
    if (!s->branches || s->steps >= STEPS_MAX)
      return -1;
    *p = s->branch[--s->branches];
  }
}

/* bl, or blr. */
static int is_call(uint32_t code) {
  return code >> 26 == 0x25 || (code & 0xfffffc1f) == 0xd63f0000;
}

int hh_code_rule(const hh_image *image, uint64_t address, hh_rule *rule) {
  hh_reader r = hh_image_reader(image, address - 3);
  if ((address & 3) != 3 || !is_call(hh_read_u32(&r)) || r.bad)
    return -1; /* a signal interrupted here: the return address may be in x30 */
  search s = {.image = image, .branches = 0, .steps = 0};
  path p = {address + 1, 0, NOWHERE_YET, NOWHERE_YET};
  if (find_return(&s, &p) || p.link_at < 0 || p.link_at >= p.popped)
    return -1;
  const int64_t back = (p.popped - p.link_at) / 8, slot = p.frame_at < 0 ? 0 : (p.popped - p.frame_at) / 8;
  if (back >= 1 << HH_RULE_RETURN_BITS || slot >= 1 << HH_RULE_SLOT_BITS || slot < 0)
    return -1;
  if (p.popped / HH_FRAME_UNIT >= 1 << HH_RULE_OFFSET_BITS)
    return -1;
  *rule = HH_RULE_MAKE(HH_RULE_STACK, p.popped / HH_FRAME_UNIT, slot) | HH_RULE_MAKE_RETURN(back);
  return 0;
}
