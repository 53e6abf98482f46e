/* What happens seldom and is no allocation: changes of the mode, markers. A short queue from any thread, signal
 * handlers included, to the sender, which puts it into the next block. */
#ifndef HH_NOTES_H
#define HH_NOTES_H
#include "common.h"

enum hh_note_type { HH_NOTE_MODE = 1, HH_NOTE_MARKER = 2 };
enum { HH_MARKER_LABEL = 255, HH_NOTES = 64 };

typedef struct hh_note {
  uint64_t ticks; /* ring ticks */
  enum hh_note_type type;
  union {
    struct {
      uint8_t from, to, why;
      uint64_t sample_bytes;
    } mode;
    struct {
      uint32_t number;
      uint32_t length;
      char label[HH_MARKER_LABEL];
    } marker;
  };
} hh_note;

/* Async-signal-safe. False when the queue is full. */
bool hh_note_put(const hh_note *note);
/* For the sender. */
bool hh_note_take(hh_note *note);
bool hh_notes_pending(void);
void hh_notes_clear(void);
/* Markers that found the queue full since the last call. */
uint64_t hh_notes_lost(void);

/* heaphound_marker. Async-signal-safe. */
void hh_marker_put(uint32_t number, const char *label);
#endif
