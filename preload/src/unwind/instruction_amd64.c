#include "instruction_amd64.h"

enum immediate { NONE, BYTE, WORD, OPERAND /* 4 bytes, 2 with prefix 66 */, WIDE /* 8 bytes with REX.W */, BAD };
enum { PREFIXES_MAX = 5 };

static int has_modrm(const hh_instruction *i) {
  const uint8_t op = i->opcode;
  if (i->map > 1)
    return 1;
  if (i->map == 1) {
    if (op >= 0x80 && op <= 0x8f)
      return 0;
    return !(op == 0x05 || op == 0x0b || op == 0x31 || op == 0x77 || op == 0xa2 || (op >= 0xc8 && op <= 0xcf));
  }
  if (op < 0x40)
    return (op & 7) < 4;
  return op == 0x63 || op == 0x69 || op == 0x6b || (op >= 0x80 && op <= 0x8f) || op == 0xc0 || op == 0xc1 ||
         op == 0xc6 || op == 0xc7 || (op >= 0xd0 && op <= 0xd3) || op == 0xf6 || op == 0xf7 || op == 0xfe || op == 0xff;
}

static enum immediate immediate_of_0f(uint8_t op) {
  if (op >= 0x80 && op <= 0x8f)
    return OPERAND;
  if ((op >= 0x70 && op <= 0x73) || op == 0xa4 || op == 0xac || op == 0xba || op == 0xc2 || (op >= 0xc4 && op <= 0xc6))
    return BYTE;
  return NONE;
}

static enum immediate immediate_of(const hh_instruction *i) {
  const uint8_t op = i->opcode;
  if (i->map)
    return i->map == 1 ? immediate_of_0f(op) : i->map == 3 ? BYTE : NONE;
  if (op < 0x40)
    return (op & 7) == 4 ? BYTE : (op & 7) == 5 ? OPERAND : (op & 7) > 5 ? BAD : NONE;
  if ((op >= 0x70 && op <= 0x7f) || (op >= 0xb0 && op <= 0xb7))
    return BYTE;
  if (op >= 0xb8 && op <= 0xbf)
    return WIDE;
  switch (op) {
  case 0x6a:
  case 0x6b:
  case 0x80:
  case 0x83:
  case 0xa8:
  case 0xc0:
  case 0xc1:
  case 0xc6:
  case 0xcd:
  case 0xeb:
    return BYTE;
  case 0x68:
  case 0x69:
  case 0x81:
  case 0xa9:
  case 0xc7:
  case 0xe8:
  case 0xe9:
    return OPERAND;
  case 0xc2:
    return WORD;
  case 0xf6:
    return (i->modrm & 0x38) < 0x10 ? BYTE : NONE;
  case 0xf7:
    return (i->modrm & 0x38) < 0x10 ? OPERAND : NONE;
  case 0x60:
  case 0x61:
  case 0x62:
  case 0x82:
  case 0x9a:
  case 0xc4:
  case 0xc5:
  case 0xce:
  case 0xd4:
  case 0xd5:
  case 0xd6:
  case 0xea:
    return BAD;
  default:
    return (op >= 0xd8 && op <= 0xdf) || (op >= 0xa0 && op <= 0xa3) || (op >= 0xe0 && op <= 0xe7) || op == 0xc8 ? BAD
                                                                                                                : NONE;
  }
}

static int64_t read_signed(hh_reader *r, unsigned bytes) {
  const unsigned shift = 64 - 8 * bytes;
  return (int64_t)(hh_read_fixed(r, bytes) << shift) >> shift;
}

static void read_modrm(hh_reader *r, hh_instruction *i) {
  i->modrm = hh_read_u8(r);
  const unsigned mod = i->modrm >> 6, rm = i->modrm & 7;
  if (mod != 3 && rm == 4)
    i->sib = hh_read_u8(r);
  const int no_base = mod == 0 && (rm == 5 || (rm == 4 && (i->sib & 7) == 5));
  if (mod == 1)
    i->displacement = read_signed(r, 1);
  else if (mod == 2 || no_base)
    i->displacement = read_signed(r, 4);
}

int hh_instruction_read(hh_reader *r, hh_instruction *out) {
  static const uint8_t maps[] = {[0x38] = 2, [0x3a] = 3};
  int narrow = 0, prefixes = 0;
  memset(out, 0, sizeof *out);
  uint8_t byte = hh_read_u8(r);
  while (byte == 0x66 || byte == 0xf2 || byte == 0xf3 || byte == 0xf0 || byte == 0x2e || byte == 0x3e || byte == 0x64 ||
         byte == 0x65) {
    narrow |= byte == 0x66;
    byte = hh_read_u8(r);
    if (++prefixes > 2 * PREFIXES_MAX)
      return -1;
  }
  if ((byte & 0xf0) == 0x40) {
    out->rex = byte;
    byte = hh_read_u8(r);
  }
  if (byte == 0x0f) {
    out->map = 1;
    byte = hh_read_u8(r);
    if (byte == 0x38 || byte == 0x3a) {
      out->map = maps[byte];
      byte = hh_read_u8(r);
    }
  }
  out->opcode = byte;
  out->has_modrm = (uint8_t)has_modrm(out);
  if (out->has_modrm)
    read_modrm(r, out);
  switch (immediate_of(out)) {
  case NONE:
    break;
  case BYTE:
    out->immediate = read_signed(r, 1);
    break;
  case WORD:
    out->immediate = read_signed(r, 2);
    break;
  case OPERAND:
    out->immediate = read_signed(r, narrow ? 2 : 4);
    break;
  case WIDE:
    out->immediate = read_signed(r, out->rex & 8 ? 8 : narrow ? 2 : 4);
    break;
  default:
    return -1;
  }
  return r->bad ? -1 : 0;
}
