#include "code.h"
#include "instruction_amd64.h"

enum { RSP = 4, RBP = 5, STEPS_MAX = 3000, BRANCHES_MAX = 24 };

/* A place to go on from, and what has happened to the stack pointer on the way to it. */
typedef struct path {
  uint64_t at;
  int64_t popped; /* bytes from the first stack pointer to the present one */
  int64_t rbp_at; /* offset from the first stack pointer of the word that rbp was popped from; -1 = not popped */
} path;

typedef struct search {
  const hh_image *image;
  path branch[BRANCHES_MAX]; /* taken when the straight way leads nowhere */
  int branches, steps;
} search;

enum flow { ON, RETURNED, NOWHERE };

static enum flow pop(path *p, unsigned number) {
  if (number == RSP)
    return NOWHERE;
  if (number == RBP && p->rbp_at < 0)
    p->rbp_at = p->popped;
  p->popped += 8;
  return ON;
}

static void add_branch(search *s, const path *p, uint64_t target) {
  if (s->branches == BRANCHES_MAX)
    return;
  s->branch[s->branches] = *p;
  s->branch[s->branches++].at = target;
}

/* Does it write the stack pointer in a way that follow() has not handled? */
static int writes_rsp(const hh_instruction *i) {
  if (!i->has_modrm || i->map)
    return 0;
  const int to_rm = hh_modrm_mod(i) == 3 && hh_modrm_rm(i) == RSP, to_reg = hh_modrm_reg(i) == RSP;
  const uint8_t op = i->opcode;
  if (op < 0x40)
    return (op & 0x38) != 0x38 && ((op & 2) ? to_reg : to_rm);
  if (op == 0x8b || op == 0x8d || op == 0x63 || op == 0x69 || op == 0x6b)
    return to_reg;
  return to_rm && op != 0x85 && op != 0x84 && !(op == 0xff && (i->modrm >> 3 & 7) >= 2);
}

static enum flow follow_group(search *s, path *p, const hh_instruction *i) {
  const unsigned operation = i->modrm >> 3 & 7;
  (void)s;
  if (i->opcode == 0xff) {
    if (operation == 4 || operation == 5)
      return NOWHERE; /* a switch, or a tail call */
    if (operation == 6)
      p->popped -= 8;
    return ON;
  }
  if (i->opcode == 0x8f)
    return NOWHERE;
  /* 81 and 83: add or sub of a constant to the stack pointer */
  if (hh_modrm_mod(i) != 3 || hh_modrm_rm(i) != RSP || operation == 7)
    return ON;
  if (!(i->rex & 8) || (operation != 0 && operation != 5))
    return NOWHERE;
  p->popped += operation == 0 ? i->immediate : -i->immediate;
  return ON;
}

/* lea disp(%rsp), %rsp */
static int is_lea_of_rsp(const hh_instruction *i) {
  return i->opcode == 0x8d && !i->map && hh_modrm_reg(i) == RSP && (i->modrm & 7) == 4 && i->sib == 0x24 &&
         !(i->rex & 1) && hh_modrm_mod(i) != 3;
}

static enum flow follow_one_byte(search *s, path *p, const hh_instruction *i) {
  const uint8_t op = i->opcode;
  if (op >= 0x50 && op <= 0x57) {
    p->popped -= 8;
    return ON;
  }
  if (op >= 0x58 && op <= 0x5f)
    return pop(p, (op & 7u) | (i->rex & 1u) << 3);
  if (op >= 0x70 && op <= 0x7f) {
    add_branch(s, p, p->at + (uint64_t)i->immediate);
    return ON;
  }
  switch (op) {
  case 0x68:
  case 0x6a:
    p->popped -= 8;
    return ON;
  case 0xc3:
    return RETURNED;
  case 0xeb:
  case 0xe9:
    p->at += (uint64_t)i->immediate;
    return ON;
  case 0xc2:
  case 0xc9:
  case 0xcc:
  case 0xf4:
  case 0x9c:
  case 0x9d:
    return NOWHERE;
  case 0x81:
  case 0x83:
  case 0x8f:
  case 0xff:
    return follow_group(s, p, i);
  default:
    break;
  }
  if (is_lea_of_rsp(i)) {
    p->popped += i->displacement;
    return ON;
  }
  return writes_rsp(i) ? NOWHERE : ON;
}

static enum flow follow(search *s, path *p) {
  hh_reader r = hh_image_reader(s->image, p->at);
  hh_instruction i;
  if (r.bad || hh_instruction_read(&r, &i))
    return NOWHERE;
  p->at = (uint64_t)(uintptr_t)r.at;
  if (!i.map)
    return follow_one_byte(s, p, &i);
  if (i.map == 1 && i.opcode >= 0x80 && i.opcode <= 0x8f)
    add_branch(s, p, p->at + (uint64_t)i.immediate);
  return i.map == 1 && i.opcode == 0x0b ? NOWHERE : ON;
}

/* The stack pointer is a multiple of 16 at a call, and 8 off one at a return address: the sum must agree, which also
 * tells when a call that never returns led into the next function. */
static int is_sound(const path *p, int after_call) {
  return p->popped >= 0 && !(p->popped & 7) && (!after_call || (p->popped & 15) == 8) &&
         p->popped / 8 + 1 < 1 << HH_RULE_OFFSET_BITS;
}

static int find_return(search *s, path *p, int after_call) {
  for (;;) {
    enum flow flow = ON;
    while (flow == ON && s->steps++ < STEPS_MAX && p->popped >= 0)
      flow = follow(s, p);
    if (flow == RETURNED && is_sound(p, after_call))
      return 0;
    if (!s->branches || s->steps >= STEPS_MAX)
      return -1;
    *p = s->branch[--s->branches];
  }
}

/* call rel32, or call through a register or memory. */
static int follows_call(const hh_image *image, uint64_t pc) {
  hh_reader r = hh_image_reader(image, pc - 7);
  if (r.bad || hh_read_left(&r) < 7)
    return 0;
  const uint8_t *code = r.at;
  for (int length = 2; length <= 7; length++) {
    const uint8_t *op = code + 7 - length;
    hh_reader one = {op, code + 7, 0};
    hh_instruction i;
    if (hh_instruction_read(&one, &i) || one.at != code + 7 || i.map)
      continue;
    if (i.opcode == 0xe8 || (i.opcode == 0xff && (i.modrm >> 3 & 7) == 2))
      return 1;
  }
  return 0;
}

int hh_code_rule(const hh_image *image, uint64_t address, hh_rule *rule) {
  const int after_call = follows_call(image, address + 1); /* else a signal interrupted right here */
  search s = {.image = image, .branches = 0, .steps = 0};
  path p = {address + (uint64_t)after_call, 0, -1};
  if (find_return(&s, &p, after_call))
    return -1;
  const int64_t cfa = p.popped + 8, slot = p.rbp_at < 0 ? 0 : (cfa - p.rbp_at) / 8;
  if (slot >= 1 << HH_RULE_SLOT_BITS)
    return -1;
  *rule = HH_RULE_MAKE(HH_RULE_STACK, cfa / 8, slot);
  return 0;
}
