/* The first instructions of the function move to an island near it, and a jump takes their place:
 *
 *   function: jmp island.hook          island:  hook:     jmp [hook]
 *             (rest of what moved)              original: moved instructions
 *   behind:   ...                                         jmp behind
 *
 * Moved instructions must not call or return; branches and operands relative to the instruction pointer are corrected.
 * No branch of the function may lead behind its first byte into what moved. Returning from the hook needs nothing: the
 * caller's return address is where it always was. */
#include <string.h>

#include "common.h"
#include "patch.h"
#include "patch_islands.h"
#include "unwind/instruction_amd64.h"

enum { ORIGINAL_AT = 16, JUMP_BYTES = 5, LONG_JUMP_BYTES = 14 };
enum { MOST_MOVED = HH_ISLAND_BYTES - ORIGINAL_AT - LONG_JUMP_BYTES };
#define REACH ((uint64_t)1 << 30) /* half of what a jump reaches: operands of what moved must reach as well */

static void put_long_jump(uint8_t *at, const void *target) {
  static const uint8_t jump_indirect[] = {0xff, 0x25, 0, 0, 0, 0}; /* through the word behind it */
  memcpy(at, jump_indirect, sizeof jump_indirect);
  memcpy(at + sizeof jump_indirect, &target, sizeof target);
}

/* ---- instructions */

static bool is_short_branch(const hh_instruction *i) {
  return i->map == 0 && ((i->opcode >= 0x70 && i->opcode <= 0x7f) || i->opcode == 0xeb);
}

static bool is_near_branch(const hh_instruction *i) {
  return (i->map == 0 && (i->opcode == 0xe8 || i->opcode == 0xe9)) ||
         (i->map == 1 && i->opcode >= 0x80 && i->opcode <= 0x8f);
}

/* Calls, returns, traps, and jumps to where nobody knows. */
static bool leaves(const hh_instruction *i) {
  if (i->map == 1)
    return i->opcode == 0x05 || i->opcode == 0x0b;
  if (i->map)
    return false;
  return i->opcode == 0xc2 || i->opcode == 0xc3 || i->opcode == 0xcc || i->opcode == 0xf4 ||
         (i->opcode == 0xff && (i->modrm >> 3 & 7) >= 2 && (i->modrm >> 3 & 7) <= 5);
}

static bool is_relative(const hh_instruction *i) {
  return i->has_modrm && (i->modrm & 0xc7) == 5;
}

/* Where the 32-bit displacement of a relative operand stands: behind prefixes, opcode and modrm. */
static size_t displacement_at(const uint8_t *code, const hh_instruction *i) {
  static const uint8_t prefixes[] = {0x66, 0xf2, 0xf3, 0xf0, 0x2e, 0x3e, 0x64, 0x65};
  size_t at = 0;
  while (memchr(prefixes, code[at], sizeof prefixes))
    at++;
  at += i->rex != 0;
  return at + (i->map == 0 ? 1 : i->map == 1 ? 2 : 3) + 1;
}

typedef struct mover {
  const uint8_t *from; /* next instruction */
  uint8_t *to;
  bool ended; /* by a jump: nothing comes behind it */
} mover;

static const char *put_relative(uint8_t *at, int64_t distance) {
  int32_t narrow = (int32_t)distance;
  memcpy(at, &narrow, sizeof narrow);
  return distance == narrow ? NULL : "an operand would be out of reach";
}

/* Conditional ones in their long form; behind an unconditional one the function does not go on here. */
static const char *move_branch(mover *m, const uint8_t *behind, const hh_instruction *i) {
  const uint8_t *target = behind + i->immediate;
  bool conditional = i->opcode != 0xe9 && i->opcode != 0xeb;
  if (!conditional) {
    put_long_jump(m->to, target);
    m->to += LONG_JUMP_BYTES;
    m->ended = true;
    return NULL;
  }
  m->to[0] = 0x0f;
  m->to[1] = 0x80 | (i->opcode & 15);
  m->to += 6;
  return put_relative(m->to - 4, target - m->to);
}

static const char *move_instruction(mover *m, const uint8_t *behind, const hh_instruction *i) {
  size_t bytes = (size_t)(behind - m->from);
  if (is_short_branch(i) || is_near_branch(i))
    return move_branch(m, behind, i);
  memcpy(m->to, m->from, bytes);
  const char *problem = NULL;
  if (is_relative(i))
    problem = put_relative(m->to + displacement_at(m->from, i), i->displacement + (m->from - m->to));
  m->to += bytes;
  return problem;
}

static bool cannot_move(const hh_instruction *i) {
  bool is_call = i->map == 0 && i->opcode == 0xe8, is_loop = i->map == 0 && i->opcode >= 0xe0 && i->opcode <= 0xe3;
  return is_call || is_loop || leaves(i);
}

/* Moves whole instructions until a jump fits. */
static const char *move_beginning(const uint8_t *code, size_t size, uint8_t *to, size_t *moved) {
  hh_reader reader = {.at = code, .end = code + size};
  mover m = {.from = code, .to = to};
  for (*moved = 0; *moved < JUMP_BYTES; *moved = (size_t)(reader.at - code)) {
    enum { LONGEST = 15 };
    hh_instruction i;
    if (m.ended)
      return "it is too short";
    if (hh_instruction_read(&reader, &i) != 0)
      return "it begins with an unknown instruction";
    if (cannot_move(&i))
      return "it calls or returns at its beginning";
    if (m.to + LONGEST - to > MOST_MOVED)
      return "its first instructions are too long";
    const char *problem = move_instruction(&m, reader.at, &i);
    if (problem)
      return problem;
    m.from = reader.at;
  }
  if (!m.ended)
    put_long_jump(m.to, code + *moved);
  return NULL;
}

static bool leads_into(const uint8_t *target, const uint8_t *code, size_t moved) {
  return target > code && target < code + moved;
}

/* From an instruction that is not known on: anything that could be a branch counts as one. */
static bool may_branch_into(const uint8_t *at, const uint8_t *end, const uint8_t *code, size_t moved) {
  for (; at < end; at++) {
    int32_t distance;
    if (at + 2 <= end && leads_into(at + 2 + (int8_t)at[1], code, moved))
      return true;
    if (at + 5 > end)
      continue;
    memcpy(&distance, at + 1, sizeof distance);
    if (leads_into(at + 5 + distance, code, moved))
      return true;
  }
  return false;
}

static bool branches_into(const uint8_t *code, size_t size, size_t moved) {
  hh_reader reader = {.at = code, .end = code + size};
  while (reader.at < reader.end) {
    const uint8_t *at = reader.at;
    hh_instruction i;
    if (hh_instruction_read(&reader, &i) != 0)
      return may_branch_into(at, code + size, code, moved);
    if ((is_short_branch(&i) || is_near_branch(&i)) && leads_into(reader.at + i.immediate, code, moved))
      return true;
  }
  return false;
}

const char *hh_patch_prepare(void *function, size_t size, const void *hook, void **original) {
  static const uint8_t landing[] = {0xf3, 0x0f, 0x1e, 0xfa}; /* endbr64 stays the first instruction */
  uint8_t *code = function;
  if (size >= sizeof landing && memcmp(code, landing, sizeof landing) == 0) {
    code += sizeof landing;
    size -= sizeof landing;
  }
  if (!hh_jump_is_free(code))
    return "there are too many such functions";
  uint8_t *island = hh_island_take(code, REACH);
  if (!island)
    return "there is no room near it";
  size_t moved;
  const char *problem = move_beginning(code, size, island + ORIGINAL_AT, &moved);
  if (!problem && branches_into(code, size, moved))
    problem = "it branches to its own beginning";
  if (problem)
    return problem;
  put_long_jump(island, hook);
  *original = island + ORIGINAL_AT;
  uint8_t jump[JUMP_BYTES] = {0xe9};
  const int32_t distance = (int32_t)(island - (code + JUMP_BYTES));
  memcpy(jump + 1, &distance, sizeof distance);
  hh_jump_prepare(code, jump, sizeof jump);
  return NULL;
}
