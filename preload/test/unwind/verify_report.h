/* What the verifying preload library (verify.c) leaves behind: a file per process image, mapped and shared, so that it
 * survives every way to end and counts forked children too. */
#ifndef HH_VERIFY_REPORT_H
#define HH_VERIFY_REPORT_H
#include <stdint.h>

enum { HH_VERIFY_SAMPLES = 16, HH_VERIFY_SAMPLE_FRAMES = 96 };

typedef struct hh_verify_stack {
  uint32_t count;
  uint64_t address[HH_VERIFY_SAMPLE_FRAMES];
} hh_verify_stack;

typedef struct hh_verify_sample {
  char against[16];
  hh_verify_stack memo, other;
} hh_verify_sample;

typedef struct hh_verify_report {
  char program[64];
  uint64_t captures;       /* stacks taken by hh_walk */
  uint64_t with_plain;     /* of them compared with the walk without memory */
  uint64_t with_libunwind; /* of them compared with libunwind */
  uint64_t differ_from_plain, differ_from_libunwind;
  uint64_t libunwind_gave_up; /* equal as far as libunwind came; it ended early with an error */
  uint64_t no_stack, truncated, guessed;
  uint64_t frames, busy, nodes;
  uint64_t sample_count;
  hh_verify_sample sample[HH_VERIFY_SAMPLES];
} hh_verify_report;
#endif
