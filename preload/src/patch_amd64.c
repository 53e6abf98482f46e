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
#include <sys/mman.h>

#include "common.h"
#include "patch.h"
#include "sys/syscall.h"
#include "unwind/instruction_amd64.h"

enum { PAGE = 4096, ISLAND_BYTES = 96, ORIGINAL_AT = 16, PAGES = 8, JUMP_BYTES = 5, LONG_JUMP_BYTES = 14 };
enum { MOST_MOVED = ISLAND_BYTES - ORIGINAL_AT - LONG_JUMP_BYTES };
#define REACH ((uint64_t)1 << 30) /* half of what a jump reaches: operands of what moved must reach as well */

static struct {
  uint8_t *page;
  unsigned used;
} pages[PAGES];
static unsigned page_count;

enum { MOST_PENDING = 160 };
static struct {
  uint8_t *code;
  const uint8_t *island;
} pending[MOST_PENDING];
static unsigned pending_count;

/* ---- islands */

static bool is_near(const uint8_t *a, const uint8_t *b) {
  return (uint64_t)(a > b ? a - b : b - a) < REACH;
}

static uint8_t *map_at(uint64_t address) {
  enum { FIXED_NOREPLACE = 0x100000 };
  long at = hh_syscall6(SYS_mmap, (long)address, PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | FIXED_NOREPLACE, -1, 0);
  if (at < 0 && at > -PAGE)
    return NULL;
  if ((uint64_t)at == address)
    return (uint8_t *)at;
  hh_syscall3(SYS_munmap, at, PAGE, 0); /* a kernel that does not know the flag */
  return NULL;
}

static uint8_t *map_near(const uint8_t *function) {
  enum { STEP = 1 << 20 };
  uint64_t from = (uint64_t)function & ~(uint64_t)(STEP - 1);
  for (uint64_t distance = STEP; distance < REACH / 2; distance += STEP) {
    uint8_t *page = map_at(from + distance);
    if (!page && from > distance)
      page = map_at(from - distance);
    if (page)
      return page;
  }
  return NULL;
}

static uint8_t *take_island(const uint8_t *function) {
  for (unsigned i = 0; i < page_count; i++)
    if (is_near(pages[i].page, function) && pages[i].used + ISLAND_BYTES <= PAGE) {
      pages[i].used += ISLAND_BYTES;
      hh_syscall3(SYS_mprotect, (long)pages[i].page, PAGE, PROT_READ | PROT_WRITE);
      return pages[i].page + pages[i].used - ISLAND_BYTES;
    }
  uint8_t *page = page_count < PAGES ? map_near(function) : NULL;
  if (!page)
    return NULL;
  pages[page_count].page = page;
  pages[page_count++].used = ISLAND_BYTES;
  return page;
}

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

/* ---- writing */

static bool protect(const uint8_t *code, int protection) {
  uint64_t from = (uint64_t)code & ~(uint64_t)(PAGE - 1);
  uint64_t to = ((uint64_t)code + JUMP_BYTES + PAGE - 1) & ~(uint64_t)(PAGE - 1);
  return hh_syscall3(SYS_mprotect, (long)from, (long)(to - from), protection) == 0;
}

static const char *put_jump(uint8_t *code, const uint8_t *island) {
  uint8_t jump[JUMP_BYTES] = {0xe9};
  int32_t distance = (int32_t)(island - (code + JUMP_BYTES));
  memcpy(jump + 1, &distance, sizeof distance);
  if (!protect(code, PROT_READ | PROT_WRITE))
    return "the system does not allow its code to be changed";
  memcpy(code, jump, sizeof jump);
  return protect(code, PROT_READ | PROT_EXEC) ? NULL : "its code cannot be made executable again";
}

static bool is_pending(const uint8_t *code) {
  for (unsigned i = 0; i < pending_count; i++)
    if (pending[i].code == code)
      return true;
  return false;
}

const char *hh_patch_prepare(void *function, size_t size, const void *hook, void **original) {
  static const uint8_t landing[] = {0xf3, 0x0f, 0x1e, 0xfa}; /* endbr64 stays the first instruction */
  uint8_t *code = function;
  if (size >= sizeof landing && memcmp(code, landing, sizeof landing) == 0) {
    code += sizeof landing;
    size -= sizeof landing;
  }
  if (pending_count == MOST_PENDING || is_pending(code))
    return "there are too many such functions";
  uint8_t *island = take_island(code);
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
  pending[pending_count].code = code;
  pending[pending_count++].island = island;
  return NULL;
}

void hh_patch_forget(void) {
  pending_count = 0;
}

const char *hh_patch_commit(void) {
  const char *problem = NULL;
  for (unsigned i = 0; i < page_count && !problem; i++)
    if (hh_syscall3(SYS_mprotect, (long)pages[i].page, PAGE, PROT_READ | PROT_EXEC) != 0)
      problem = "the system does not allow new code";
  for (unsigned i = 0; i < pending_count && !problem; i++)
    problem = put_jump(pending[i].code, pending[i].island);
  pending_count = 0;
  return problem;
}
