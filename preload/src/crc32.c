/* Eight bytes a step: row k of the table is what a byte does to the sum k bytes later. */
#include "crc32.h"

#include <stdbool.h>
#include <string.h>

enum { STEP = 8, VALUES = 256 };
#define POLYNOMIAL 0xedb88320u

static uint32_t table[STEP][VALUES];
static bool ready;

static void fill_table(void) {
  for (uint32_t value = 0; value < VALUES; value++) {
    uint32_t sum = value;
    for (int bit = 0; bit < 8; bit++)
      sum = sum >> 1 ^ (sum & 1 ? POLYNOMIAL : 0);
    table[0][value] = sum;
  }
  for (int row = 1; row < STEP; row++)
    for (int value = 0; value < VALUES; value++)
      table[row][value] = table[row - 1][value] >> 8 ^ table[0][table[row - 1][value] & 0xff];
  ready = true;
}

static uint32_t word_at(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

uint32_t hh_crc32(uint32_t before, const void *data, size_t bytes) {
  const uint8_t *at = data;
  uint32_t sum = ~before;
  if (!ready)
    fill_table();
  for (; bytes >= STEP; bytes -= STEP, at += STEP) {
    uint32_t low = word_at(at) ^ sum, high = word_at(at + 4);
    sum = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^ table[5][low >> 16 & 0xff] ^ table[4][low >> 24] ^
          table[3][high & 0xff] ^ table[2][high >> 8 & 0xff] ^ table[1][high >> 16 & 0xff] ^ table[0][high >> 24];
  }
  for (; bytes; bytes--, at++)
    sum = sum >> 8 ^ table[0][(sum ^ *at) & 0xff];
  return ~sum;
}
