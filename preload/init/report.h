/* What the copier did, as one line of JSON: on stdout, and where Kubernetes looks for a container's last words. */
#ifndef HH_INIT_REPORT_H
#define HH_INIT_REPORT_H
#include <stdint.h>

typedef struct hh_report {
  const char *result; /* installed, unchanged, kept, stub, nothing */
  const char *reason; /* why it is not "installed": a code in kebab-case, or NULL */
  const char *advice; /* a sentence that says what to do, or NULL */
  int error;          /* errno, or 0 */
  const char *path;
  const char *version, *found_version; /* ours; of what stands there, or NULL */
  uint64_t bytes;
} hh_report;

void hh_report_write(const hh_report *report);
#endif
