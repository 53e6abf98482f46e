/* Thumb-2. Most of Debian's C libraries have no unwind data on this architecture. Code in the ARM state is not read. */
#include "code.h"

enum { FP = 7, SP = 13, LR = 14, PC = 15, STEPS_MAX = 3000, BRANCHES_MAX = 24, NOWHERE_YET = -1 };

/* A place to go on from, and what happened on the way to it. Offsets count from the first stack pointer, or from the
 * first frame pointer once the stack pointer was set from that. */
typedef struct path {
  uint64_t at;
  int64_t popped;            /* from where offsets count to the present stack pointer */
  int64_t frame_moved;       /* what was added to the frame pointer */
  int64_t link_at, frame_at; /* where the return address and r7 were loaded from; -1 = were not */
  int by_frame;
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

/* Distances count from 4 bytes behind the branch's own place; p->at is behind the branch, which has `size` bytes. */
static uint64_t target(const path *p, unsigned size, int64_t distance) {
  return p->at - size + 4 + (uint64_t)distance;
}

static void add_branch(search *s, const path *p, uint64_t to) {
  if (s->branches == BRANCHES_MAX)
    return;
  s->branch[s->branches] = *p;
  s->branch[s->branches++].at = to;
}

/* With the return address back in its register, a branch that does not come back is the return of a tail call. */
static enum flow leave(path *p, uint64_t to) {
  if (p->link_at >= 0)
    return RETURNED;
  p->at = to;
  return ON;
}

static enum flow load(path *p, unsigned number, int64_t from) {
  if (number == LR || number == PC)
    p->link_at = from;
  else if (number == FP)
    p->frame_at = from;
  return number == PC ? RETURNED : ON;
}

static enum flow pop(path *p, uint32_t registers) {
  enum flow flow = ON;
  if (registers >> SP & 1)
    return NOWHERE;
  for (unsigned i = 0; i < 16; i++) {
    if (!(registers >> i & 1))
      continue;
    flow = load(p, i, p->popped);
    p->popped += 4;
  }
  return flow;
}

static void push(path *p, uint32_t registers) {
  p->popped -= 4 * __builtin_popcount(registers);
}

/* sp = register + value */
static enum flow set_stack(path *p, unsigned from, int64_t value) {
  if (from == FP && p->frame_at < 0) {
    p->popped = p->frame_moved + value;
    p->by_frame = 1;
    p->link_at = NOWHERE_YET; /* counted from elsewhere */
    return ON;
  }
  p->popped += value;
  return from == SP ? ON : NOWHERE;
}

/* ---- instructions of 16 bits */

static enum flow follow_stack_16(search *s, path *p, uint32_t code) {
  if ((code & 0xff00) == 0xb000) /* add, sub sp */
    p->popped += (code & 0x80 ? -4 : 4) * (int64_t)(code & 0x7f);
  else if ((code & 0xfe00) == 0xb400)
    push(p, (code & 0xff) | (code & 0x100 ? 1u << LR : 0));
  else if ((code & 0xfe00) == 0xbc00)
    return pop(p, (code & 0xff) | (code & 0x100 ? 1u << PC : 0));
  else if ((code & 0xf500) == 0xb100) /* cbz, cbnz */
    add_branch(s, p, target(p, 2, (code >> 9 & 1) << 6 | (code >> 3 & 31) << 1));
  return ON;
}

static enum flow follow_register_16(path *p, uint32_t code) {
  const unsigned from = code >> 3 & 15;
  if ((code & 0xff87) == 0x4685) /* mov sp, register */
    return set_stack(p, from, 0);
  if ((code & 0xff87) == 0x4485) /* add sp, register */
    return NOWHERE;
  if ((code & 0xff87) == 0x4700) /* bx */
    return from == LR || p->link_at >= 0 ? RETURNED : NOWHERE;
  return (code & 0xff87) == 0x4687 ? NOWHERE : ON; /* mov pc, register */
}

static enum flow follow_16(search *s, path *p, uint32_t code) {
  if (code >> 12 == 0xb)
    return follow_stack_16(s, p, code);
  if (code >> 10 == 0x11)
    return follow_register_16(p, code);
  if ((code & 0xff00) == 0x3700) /* adds r7 */
    p->frame_moved += code & 0xff;
  if (code >> 8 == 0xde)
    return NOWHERE; /* udf */
  if (code >> 12 == 0xd && (code >> 8 & 15) < 14)
    add_branch(s, p, target(p, 2, sign_extended(code & 0xff, 8) * 2));
  if (code >> 11 == 0x1c)
    return leave(p, target(p, 2, sign_extended(code & 0x7ff, 11) * 2));
  return ON;
}

/* ---- instructions of 32 bits: a is the first half, b the second */

/* ldm, stm, push, pop of the wide kind */
static enum flow follow_multiple(path *p, uint32_t a, uint32_t b) {
  if (a == 0xe8bd)
    return pop(p, b);
  if (a == 0xe92d)
    push(p, b);
  return ON;
}

/* ldrd, strd by the stack pointer */
static enum flow follow_double(path *p, uint32_t a, uint32_t b) {
  const int64_t offset = (a & 0x80 ? 4 : -4) * (int64_t)(b & 0xff), from = p->popped + (a & 0x100 ? offset : 0);
  if ((a & 15) != SP)
    return ON;
  if (a & 0x10) {
    load(p, b >> 12, from);
    load(p, b >> 8 & 15, from + 4);
  }
  p->popped += a & 0x20 ? offset : 0;
  return ON;
}

/* ldr, str of a word by the stack pointer */
static enum flow follow_word(path *p, uint32_t a, uint32_t b) {
  const int is_load = a >> 4 & 1;
  if ((a & 15) != SP)
    return is_load && b >> 12 == PC ? NOWHERE : ON;
  if (a & 0x80)
    return is_load ? load(p, b >> 12, p->popped + (int64_t)(b & 0xfff)) : ON;
  if (!(b & 0x800))
    return is_load && b >> 12 == PC ? NOWHERE : ON; /* by a register's offset */
  const int64_t offset = (b & 0x200 ? 1 : -1) * (int64_t)(b & 0xff), from = p->popped + (b & 0x400 ? offset : 0);
  p->popped += b & 0x100 ? offset : 0;
  return is_load ? load(p, b >> 12, from) : ON;
}

static int64_t modified_immediate(uint32_t value) {
  const uint32_t low = value & 0xff;
  switch (value >> 8) {
  case 0:
    return low;
  case 1:
    return low << 16 | low;
  case 2:
    return (int64_t)low << 24 | low << 8;
  case 3:
    return (int64_t)low << 24 | low << 16 | low << 8 | low;
  default:
    return (int64_t)((0x80 | (low & 0x7f)) << (32 - (value >> 7)));
  }
}

/* add, sub of a constant whose result is the stack pointer or the frame pointer */
static enum flow follow_sum(path *p, uint32_t a, uint32_t b) {
  const uint32_t raw = (a >> 10 & 1) << 11 | (b >> 12 & 7) << 8 | (b & 0xff), kind = a & 0xfbf0;
  const unsigned to = b >> 8 & 15, from = a & 15;
  const int is_plain = kind == 0xf200 || kind == 0xf2a0, is_sub = kind == 0xf1a0 || kind == 0xf2a0;
  if (!is_plain && !is_sub && kind != 0xf100)
    return ON;
  const int64_t value = (is_sub ? -1 : 1) * (is_plain ? (int64_t)raw : modified_immediate(raw));
  if (to == FP && from == FP)
    p->frame_moved += value;
  return to == SP ? set_stack(p, from, value) : ON;
}

/* Of b, bl and blx. */
static int64_t far_distance(uint32_t a, uint32_t b) {
  const uint32_t sign = a >> 10 & 1, j1 = b >> 13 & 1, j2 = b >> 11 & 1;
  return sign_extended(sign << 24 | (uint32_t)(j1 == sign) << 23 | (uint32_t)(j2 == sign) << 22 | (a & 0x3ff) << 12 |
                           (b & 0x7ff) << 1,
                       25);
}

static enum flow follow_branch(search *s, path *p, uint32_t a, uint32_t b) {
  const uint32_t sign = a >> 10 & 1, j1 = b >> 13 & 1, j2 = b >> 11 & 1;
  if ((b & 0xd000) == 0x8000 && (a >> 6 & 15) < 14) {
    const uint32_t distance = sign << 20 | j2 << 19 | j1 << 18 | (a & 0x3f) << 12 | (b & 0x7ff) << 1;
    add_branch(s, p, target(p, 4, sign_extended(distance, 21)));
  } else if ((b & 0xd000) == 0x9000) {
    return leave(p, target(p, 4, far_distance(a, b)));
  } else if ((a & 0xfff0) == 0xf7f0 && (b & 0xf000) == 0xa000) {
    return NOWHERE; /* udf */
  }
  return ON; /* calls come back */
}

static enum flow follow_32(search *s, path *p, uint32_t a, uint32_t b) {
  if ((a & 0xf800) == 0xf000 && b & 0x8000)
    return follow_branch(s, p, a, b);
  if ((a & 0xf800) == 0xf000)
    return follow_sum(p, a, b);
  if ((a & 0xfff0) == 0xe8d0 && (b & 0xffe0) == 0xf000)
    return NOWHERE; /* tbb, tbh: a switch */
  if ((a & 0xfe40) == 0xe840 && (a & 0x120))
    return follow_double(p, a, b);
  if ((a & 0xfe40) == 0xe800)
    return follow_multiple(p, a, b);
  if ((a & 0xff60) == 0xf840)
    return follow_word(p, a, b);
  if ((a & 0xffbf) == 0xecbd && (b & 0xe00) == 0xa00) /* vpop */
    p->popped += 4 * (int64_t)(b & 0xff);
  if ((a & 0xffbf) == 0xed2d && (b & 0xe00) == 0xa00) /* vpush */
    p->popped -= 4 * (int64_t)(b & 0xff);
  return ON;
}

/* An instruction that runs under a condition (it) is taken as run: what counts is that one way leads to a return. */
static enum flow follow(search *s, path *p) {
  hh_reader r = hh_image_reader(s->image, p->at);
  const uint32_t first = hh_read_u16(&r), is_wide = first >> 11 >= 0x1d;
  const uint32_t second = is_wide ? hh_read_u16(&r) : 0;
  if (r.bad)
    return NOWHERE;
  p->at += is_wide ? 4 : 2;
  return is_wide ? follow_32(s, p, first, second) : follow_16(s, p, first);
}

static int is_sound(const path *p) {
  return p->link_at >= 0 && p->link_at < p->popped && p->popped % HH_FRAME_UNIT == 0;
}

static int find_return(search *s, path *p) {
  for (;;) {
    enum flow flow = ON;
    while (flow == ON && s->steps++ < STEPS_MAX && p->popped >= 0)
      flow = follow(s, p);
    if (flow == RETURNED && is_sound(p))
      return 0;
    if (!s->branches || s->steps >= STEPS_MAX)
      return -1;
    *p = s->branch[--s->branches];
  }
}

/* bl, blx to a place or to a register, all in Thumb's state. ARM's instructions can look like these, but what they
 * would call is nowhere. */
static int is_call(const hh_image *image, uint64_t back) {
  hh_reader r = hh_image_reader(image, back - 4);
  const uint32_t first = hh_read_u16(&r), second = hh_read_u16(&r);
  if (r.bad)
    return 0;
  if ((second & 0xff87) == 0x4780)
    return 1;
  if ((first & 0xf800) != 0xf000 || ((second & 0xd000) != 0xd000 && (second & 0xd001) != 0xc000))
    return 0;
  r = hh_image_reader(image, back + (uint64_t)far_distance(first, second));
  return !r.bad;
}

int hh_code_rule(const hh_image *image, uint64_t address, hh_rule *rule) {
  if (!is_call(image, address + 1))
    return -1; /* the ARM state, or a signal interrupted here */
  search s = {.image = image, .branches = 0, .steps = 0};
  path p = {.at = address + 1, .link_at = NOWHERE_YET, .frame_at = NOWHERE_YET};
  if (find_return(&s, &p))
    return -1;
  const int64_t back = (p.popped - p.link_at) / HH_WORD, slot = p.frame_at < 0 ? 0 : (p.popped - p.frame_at) / HH_WORD;
  if (back >= 1 << HH_RULE_RETURN_BITS || slot >= 1 << HH_RULE_SLOT_BITS || slot < 0)
    return -1;
  if (p.popped / HH_FRAME_UNIT >= 1 << HH_RULE_OFFSET_BITS)
    return -1;
  *rule = HH_RULE_MAKE(p.by_frame ? HH_RULE_FRAME : HH_RULE_STACK, p.popped / HH_FRAME_UNIT, slot) |
          HH_RULE_MAKE_RETURN(back);
  return 0;
}
