/* The kernel's rules for these programs (classic BPF without packets): 32-bit registers A and X, 16 words of memory,
 * jumps go forward only, loads are aligned words of struct seccomp_data. */
#include "seccomp_filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>

typedef struct machine {
  uint32_t a, x, memory[BPF_MEMWORDS];
  const struct seccomp_data *call;
} machine;

static bool load_call(const machine *m, uint32_t offset, uint32_t *out) {
  if (offset % 4 || offset > sizeof *m->call - 4)
    return false;
  memcpy(out, (const char *)m->call + offset, 4);
  return true;
}

static bool load(const machine *m, const struct sock_filter *at, uint32_t *out) {
  switch (BPF_MODE(at->code)) {
  case BPF_IMM:
    *out = at->k;
    return true;
  case BPF_ABS:
    return load_call(m, at->k, out);
  case BPF_MEM:
    *out = m->memory[at->k % BPF_MEMWORDS];
    return true;
  case BPF_LEN:
    *out = sizeof *m->call;
    return true;
  default:
    return false;
  }
}

static bool compute(machine *m, uint16_t code, uint32_t operand) {
  switch (BPF_OP(code)) {
  case BPF_ADD:
    m->a += operand;
    return true;
  case BPF_SUB:
    m->a -= operand;
    return true;
  case BPF_MUL:
    m->a *= operand;
    return true;
  case BPF_DIV:
    m->a = operand ? m->a / operand : 0;
    return operand != 0;
  case BPF_OR:
    m->a |= operand;
    return true;
  case BPF_AND:
    m->a &= operand;
    return true;
  case BPF_XOR:
    m->a ^= operand;
    return true;
  case BPF_LSH:
    m->a = operand < 32 ? m->a << operand : 0;
    return true;
  case BPF_RSH:
    m->a = operand < 32 ? m->a >> operand : 0;
    return true;
  case BPF_NEG:
    m->a = 0 - m->a;
    return true;
  default:
    return false;
  }
}

static uint32_t jump(const machine *m, const struct sock_filter *at, uint32_t operand) {
  switch (BPF_OP(at->code)) {
  case BPF_JA:
    return at->k;
  case BPF_JEQ:
    return m->a == operand ? at->jt : at->jf;
  case BPF_JGT:
    return m->a > operand ? at->jt : at->jf;
  case BPF_JGE:
    return m->a >= operand ? at->jt : at->jf;
  default: /* BPF_JSET */
    return m->a & operand ? at->jt : at->jf;
  }
}

/* One instruction; false when it makes no sense. */
static bool step(machine *m, const struct sock_filter *at, uint32_t *skip) {
  uint32_t operand = BPF_SRC(at->code) == BPF_X ? m->x : at->k;
  switch (BPF_CLASS(at->code)) {
  case BPF_LD:
    return load(m, at, &m->a);
  case BPF_LDX:
    return load(m, at, &m->x);
  case BPF_ST:
    m->memory[at->k % BPF_MEMWORDS] = m->a;
    return true;
  case BPF_STX:
    m->memory[at->k % BPF_MEMWORDS] = m->x;
    return true;
  case BPF_ALU:
    return compute(m, at->code, operand);
  case BPF_JMP:
    *skip = jump(m, at, operand);
    return true;
  default: /* BPF_MISC */
    *(BPF_MISCOP(at->code) == BPF_TAX ? &m->x : &m->a) = BPF_MISCOP(at->code) == BPF_TAX ? m->a : m->x;
    return true;
  }
}

uint32_t hh_seccomp_filter_run(const struct sock_fprog *program, const struct seccomp_data *call) {
  machine m = {.call = call};
  for (uint32_t i = 0; i < program->len;) {
    const struct sock_filter *at = &program->filter[i];
    uint32_t skip = 0;
    if (BPF_CLASS(at->code) == BPF_RET)
      return BPF_RVAL(at->code) == BPF_A ? m.a : at->k;
    if (!step(&m, at, &skip) || skip > program->len)
      break;
    i += 1 + skip;
  }
  return SECCOMP_RET_KILL_PROCESS;
}
