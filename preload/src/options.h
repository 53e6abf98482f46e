/* Options from the environment, copied at the start: programs overwrite their environment (setproctitle). */
#ifndef HH_OPTIONS_H
#define HH_OPTIONS_H
#include "common.h"

enum { HH_OPTION_TEXT = 1024 };

#define HH_OPTION_FIELD_text(field) char field[HH_OPTION_TEXT];
#define HH_OPTION_FIELD_u64(field)  uint64_t field;
#define HH_OPTION_FIELD_flag(field) bool field;
typedef struct hh_options_values {
#define OPT(NAME, field, type, initial, description) HH_OPTION_FIELD_##type(field)
#include "options.def"
#undef OPT
} hh_options_values;
extern hh_options_values hh_options;

/* Reads HEAPHOUND_* from `environment`. 0, or -EINVAL with the name of the variable that makes no sense in *bad. */
int hh_options_read(char *const *environment, const char **bad);
#endif
