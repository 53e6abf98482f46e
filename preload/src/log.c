#include "log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/sys.h"

enum { LINE = 1024 };

int hh_log_level = HH_LOG_OFF;

typedef struct line {
  char text[LINE];
  size_t length;
} line;

static void put(line *out, char character) {
  if (out->length < LINE - 1)
    out->text[out->length++] = character;
}

static void put_text(line *out, const char *text) {
  for (text = text ? text : "(null)"; *text; text++)
    put(out, *text);
}

static void put_number(line *out, uint64_t value, unsigned base) {
  char digits[20];
  unsigned count = 0;
  do
    digits[count++] = "0123456789abcdef"[value % base];
  while (value /= base);
  while (count)
    put(out, digits[--count]);
}

static void put_signed(line *out, int64_t value) {
  if (value < 0)
    put(out, '-');
  put_number(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

/* One conversion behind '%'; returns where the format goes on. */
static const char *convert(line *out, const char *format, va_list *values) {
  bool is_long = false;
  for (; *format == 'l' || *format == 'z'; format++)
    is_long = true;
  switch (*format) {
  case 's':
    put_text(out, va_arg(*values, const char *));
    break;
  case 'd':
    put_signed(out, is_long ? va_arg(*values, long) : va_arg(*values, int));
    break;
  case 'u':
    put_number(out, is_long ? va_arg(*values, unsigned long) : va_arg(*values, unsigned), 10);
    break;
  case 'x':
    put_number(out, is_long ? va_arg(*values, unsigned long) : va_arg(*values, unsigned), 16);
    break;
  case 0:
    return format;
  default:
    put(out, *format);
  }
  return format + 1;
}

void hh_log(int level, const char *format, ...) {
  if (level > hh_log_level)
    return;
  line out = {.length = 0};
  put_text(&out, "heaphound[");
  put_number(&out, (uint64_t)hh_sys_pid(), 10);
  put_text(&out, "]: ");
  va_list values;
  va_start(values, format);
  while (*format) {
    if (*format == '%')
      format = convert(&out, format + 1, &values);
    else
      put(&out, *format++);
  }
  va_end(values);
  out.text[out.length++] = '\n';
  hh_sys_write_all(2, out.text, out.length);
}
