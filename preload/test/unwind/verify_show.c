/* Prints what the verifying library found: verify_show [-q] REPORT... Exit code 1 when any stack differed. */
#include "verify_report.h"
#include <stdio.h>
#include <string.h>

static void show_stack(const char *name, const hh_verify_stack *stack) {
  printf("    %-10s %u frames:", name, stack->count);
  for (uint32_t i = 0; i < stack->count && i < HH_VERIFY_SAMPLE_FRAMES; i++)
    printf(" %llx", (unsigned long long)stack->address[i]);
  printf("\n");
}

static void add(hh_verify_report *sum, const hh_verify_report *r) {
  sum->captures += r->captures;
  sum->with_plain += r->with_plain;
  sum->with_libunwind += r->with_libunwind;
  sum->differ_from_plain += r->differ_from_plain;
  sum->differ_from_libunwind += r->differ_from_libunwind;
  sum->libunwind_gave_up += r->libunwind_gave_up;
  sum->no_stack += r->no_stack;
  sum->truncated += r->truncated;
  sum->guessed += r->guessed;
  sum->frames += r->frames;
  sum->busy += r->busy;
  sum->nodes += r->nodes;
}

static void show(const char *name, const hh_verify_report *r) {
  printf("%-20s %10llu stacks %8.1f deep; compared with plain %llu (differ %llu), libunwind %llu (differ %llu, it gave "
         "up %llu); "
         "no stack %llu, truncated %llu, guessed %llu, busy %llu, nodes %llu\n",
         name, (unsigned long long)r->captures, r->captures ? (double)r->frames / (double)r->captures : 0,
         (unsigned long long)r->with_plain, (unsigned long long)r->differ_from_plain,
         (unsigned long long)r->with_libunwind, (unsigned long long)r->differ_from_libunwind,
         (unsigned long long)r->libunwind_gave_up, (unsigned long long)r->no_stack, (unsigned long long)r->truncated,
         (unsigned long long)r->guessed, (unsigned long long)r->busy, (unsigned long long)r->nodes);
}

int main(int argc, char **argv) {
  static hh_verify_report report, sum;
  int quiet = argc > 1 && !strcmp(argv[1], "-q");
  for (int i = 1 + quiet; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    if (!file || fread(&report, sizeof report, 1, file) != 1) {
      fprintf(stderr, "%s: not a report\n", argv[i]);
      return 2;
    }
    fclose(file);
    add(&sum, &report);
    if (!quiet)
      show(report.program, &report);
    for (uint64_t s = 0; s < report.sample_count && s < HH_VERIFY_SAMPLES; s++) {
      printf("  differs from %s\n", report.sample[s].against);
      show_stack("memo", &report.sample[s].memo);
      show_stack("other", &report.sample[s].other);
    }
  }
  show("sum", &sum);
  return sum.differ_from_plain || sum.differ_from_libunwind || !sum.captures;
}
