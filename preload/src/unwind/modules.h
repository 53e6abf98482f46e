/* Loaded objects, append-only: a module once numbered keeps its number; an unload is a mark. Readable by the sender
 * thread without locks up to hh_modules_count(). */
#ifndef HH_MODULES_H
#define HH_MODULES_H
#include <stdint.h>

enum { HH_BUILD_ID_MAX = 32, HH_MODULE_RANGES = 8 };

typedef struct hh_module {
  uint32_t number;      /* from 1 */
  uint32_t first_node;  /* stack nodes from this id on may lie in it */
  uint32_t unload_node; /* release store; 0 while loaded, else nodes from this id on do not lie in it */
  uint64_t load_bias;   /* run-time address - ELF address */
  uint64_t file_size;   /* 0 unknown */
  uint32_t range_count;
  struct {
    uint64_t start, size;
  } range[HH_MODULE_RANGES]; /* executable segments, run-time addresses */
  uint32_t build_id_size;
  uint8_t build_id[HH_BUILD_ID_MAX];
  uint64_t build_id_address; /* at run time; 0 if it has none */
  const char *path;          /* owned by the table; absolute for the executable; "[vdso]" */
} hh_module;

uint32_t hh_modules_count(void);               /* acquire */
const hh_module *hh_module_at(uint32_t index); /* 0 .. count - 1 */
uint32_t hh_modules_unloads(void);             /* number of unloads so far; a change tells the sender to look */
#endif
