/* Bytehound's environment variables, where they mean the same here. Ours, read afterwards, win. */
#ifndef HH_BYTEHOUND_NAMES_H
#define HH_BYTEHOUND_NAMES_H

/* Fills hh_options. Values that make no sense are passed over, as Bytehound does. */
void hh_bytehound_read(char *const *environment);
#endif
