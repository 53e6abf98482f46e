/* One instruction makes room for a jump, and moves to an island near the function:
 *
 *   function: b island.hook            island:  hook:     ldr x16, =hook; br x16
 *             (rest)                            original: the moved instruction; ldr x16, =rest; br x16
 *
 * x16 is nobody's between functions. A landing pad (bti) stays where it is. So does paciasp, which is one too: the hook
 * then begins with autiasp, and the original with another paciasp. Nothing can branch into a single instruction. */
#include <string.h>

#include "common.h"
#include "patch.h"
#include "patch_islands.h"

enum { WORD = 4, ORIGINAL_AT = 32 };
#define REACH     ((uint64_t)1 << 27) /* of a branch: 128 MiB either way */
#define PACIASP   0xd503233fu
#define AUTIASP   0xd50323bfu
#define BTI       0xd503241fu /* bits 6 and 7: which branches may land */
#define BR_X16    0xd61f0200u
#define LDR_X16_2 0x58000050u /* ldr x16, two instructions on */

/* Jumps by way of x16; returns what is behind. */
static uint32_t *put_long_jump(uint32_t *at, const void *target) {
  at[0] = LDR_X16_2;
  at[1] = BR_X16;
  memcpy(at + 2, &target, sizeof target);
  return at + 4;
}

/* Calls, returns, exceptions, and what depends on where it stands; but for ADR and ADRP, see below. */
static bool cannot_move(uint32_t code) {
  const bool is_branch = (code & 0x7c000000) == 0x14000000 || (code & 0xfe000000) == 0x54000000 ||
                         (code & 0x7c000000) == 0x34000000 || (code & 0xfe000000) == 0xd6000000 ||
                         (code & 0xff000000) == 0xd4000000;
  const bool is_literal = (code & 0x3b000000) == 0x18000000;
  const bool may_write_x16 = (code & 31) == 16 || (code >> 10 & 31) == 16;
  return is_branch || is_literal || may_write_x16;
}

static bool is_address(uint32_t code) {
  return (code & 0x1f000000) == 0x10000000;
}

/* ADR: a register becomes an address near the instruction; ADRP: that of a page. */
static uint64_t address_of(uint32_t code, uint64_t at) {
  const uint64_t bits = (uint64_t)(code >> 5 & 0x7ffff) << 2 | (code >> 29 & 3);
  const uint64_t distance = (uint64_t)((int64_t)(bits << 43) >> 43);
  return code >> 31 ? (at & ~(uint64_t)4095) + (distance << 12) : at + distance;
}

/* ldr xN, the literal; b behind it. */
static uint32_t *put_address(uint32_t *at, uint32_t code, uint64_t address) {
  at[0] = 0x58000040u | (code & 31);
  at[1] = 0x14000003u;
  memcpy(at + 2, &address, sizeof address);
  return at + 4;
}

static const char *move(const uint32_t *from, uint32_t *to, bool is_signed) {
  const uint32_t code = *from;
  if (cannot_move(code))
    return "it begins with what cannot be moved";
  if (is_signed)
    *to++ = PACIASP;
  if (is_address(code))
    to = put_address(to, code, address_of(code, (uint64_t)(uintptr_t)from));
  else
    *to++ = code;
  put_long_jump(to, from + 1);
  return NULL;
}

const char *hh_patch_prepare(void *function, size_t size, const void *hook, void **original) {
  uint32_t *code = function;
  const bool is_signed = size >= 2 * WORD && *code == PACIASP;
  if (is_signed || (size >= 2 * WORD && (*code & ~0xc0u) == BTI)) {
    code++;
    size -= WORD;
  }
  if (size < 2 * WORD)
    return "it is too short";
  if (!hh_jump_is_free((const uint8_t *)code))
    return "there are too many such functions";
  uint8_t *island = hh_island_take((const uint8_t *)code, REACH);
  if (!island)
    return "there is no room near it";
  uint32_t *to = (uint32_t *)(void *)island;
  const char *problem = move(code, (uint32_t *)(void *)(island + ORIGINAL_AT), is_signed);
  if (problem)
    return problem;
  if (is_signed)
    *to++ = AUTIASP;
  put_long_jump(to, hook);
  *original = island + ORIGINAL_AT;
  const int64_t distance = (island - (uint8_t *)code) / WORD;
  const uint32_t jump = 0x14000000u | ((uint32_t)distance & 0x03ffffffu);
  hh_jump_prepare((uint8_t *)code, &jump, sizeof jump);
  return NULL;
}
