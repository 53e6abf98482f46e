/* Finds the entry of .eh_frame that describes an address. Damaged tables give "none", never a read outside the image's
 * segments. The caller holds the rules' lock (an own index may be built). */
#ifndef HH_UNWIND_EH_FRAME_H
#define HH_UNWIND_EH_FRAME_H
#include "image.h"

typedef struct hh_fde {
  uint64_t start, size;       /* addresses it covers */
  hh_reader initial, program; /* instructions of the CIE, then of the FDE */
  uint64_t code_align;
  int64_t data_align;
  uint32_t return_register;
  uint8_t pointer_encoding;
  uint8_t signal_frame; /* the frame of a signal: its caller was interrupted, not calling */
} hh_fde;

int hh_fde_parse(const hh_image *image, const uint8_t *at, hh_fde *fde); /* 0 or -1 */
int hh_fde_find(hh_image *image, uint64_t address, hh_fde *fde);         /* 0 or -1 */
void hh_fde_index_free(hh_image *image);
/* eh_index.c: the same by a table of our own, made by reading all of .eh_frame once. */
int hh_fde_index_find(hh_image *image, uint64_t eh_frame, uint64_t address, hh_fde *fde);
#endif
