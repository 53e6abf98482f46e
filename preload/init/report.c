#include "report.h"

#include "arch_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { LINE_BYTES = 4096, TEXT_BYTES = 1024 };
/* 4096 bytes are what Kubernetes keeps of it. It makes the file; where there is none, none is made. */
static const char termination_log[] = "/dev/termination-log";

typedef struct line {
  char text[LINE_BYTES];
  size_t length;
} line;

static void put(line *to, const char *text) {
  size_t length = strlen(text);
  if (length > sizeof to->text - to->length)
    length = sizeof to->text - to->length;
  memcpy(to->text + to->length, text, length);
  to->length += length;
}

static void put_escaped(line *to, const char *text) {
  char escaped[8];
  put(to, "\"");
  for (size_t i = 0; text[i] && i < TEXT_BYTES; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\')
      snprintf(escaped, sizeof escaped, "\\%c", c);
    else if (c < 0x20 || c >= 0x7f)
      snprintf(escaped, sizeof escaped, "\\u%04x", c);
    else
      snprintf(escaped, sizeof escaped, "%c", c);
    put(to, escaped);
  }
  put(to, "\"");
}

static void put_text(line *to, const char *name, const char *value) {
  if (!value || !value[0])
    return;
  put(to, ",\"");
  put(to, name);
  put(to, "\":");
  put_escaped(to, value);
}

static void put_number(line *to, const char *name, uint64_t value) {
  char text[64];
  snprintf(text, sizeof text, ",\"%s\":%llu", name, (unsigned long long)value);
  put(to, text);
}

static void write_line(int fd, const line *from) {
  for (size_t done = 0; done < from->length;) {
    ssize_t put_bytes = write(fd, from->text + done, from->length - done);
    if (put_bytes < 0 && errno == EINTR)
      continue;
    if (put_bytes <= 0)
      return;
    done += (size_t)put_bytes;
  }
}

void hh_report_write(const hh_report *report) {
  static line to;
  struct utsname system;
  to.length = 0;
  put(&to, "{\"event\":\"heaphound-init\"");
  put_text(&to, "result", report->result);
  put_text(&to, "reason", report->reason);
  put_text(&to, "error", report->error ? strerrordesc_np(report->error) : NULL);
  put_text(&to, "advice", report->advice);
  put_text(&to, "path", report->path);
  put_number(&to, "bytes", report->bytes);
  put_text(&to, "version", report->version);
  put_text(&to, "foundVersion", report->found_version);
  put_text(&to, "arch", HH_ARCH_NAME);
  if (uname(&system) == 0) {
    put_text(&to, "machine", system.machine);
    put_text(&to, "kernel", system.release);
  }
  put_number(&to, "pageBytes", getauxval(AT_PAGESZ));
  put(&to, "}\n");
  write_line(STDOUT_FILENO, &to);
  int fd = open(termination_log, O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd >= 0) {
    write_line(fd, &to);
    close(fd);
  }
}
