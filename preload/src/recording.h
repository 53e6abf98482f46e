/* Recordings in files: docs/wire.md, "Files". */
#ifndef HH_RECORDING_H
#define HH_RECORDING_H
#include <stddef.h>
#include <stdint.h>

int hh_recording_begin(int fd);                                    /* 0 or -errno */
int hh_recording_put(int fd, const uint8_t *message, size_t size); /* a ClientMessage; 0 or -errno */
#endif
