/* Definitions of modules, stacks and threads, sent with the first block that needs them. The sender thread alone uses
 * this. */
#ifndef HH_DICTIONARY_H
#define HH_DICTIONARY_H
#include "common.h"
#include "pb.h"

/* What is defined so far: each is the first that is not. */
typedef struct hh_marks {
  uint32_t node, stack, module, thread; /* module counts from 0, the others from 1 */
} hh_marks;

enum { HH_DICTIONARY_NODES = 150000, HH_DICTIONARY_STACKS = 300000 }; /* most in one message: 4 MiB per column */

int hh_dictionary_init(void); /* 0 or -errno */
void hh_dictionary_clear(void);
/* A stack may be used in the current block if its node lies below this: it will be defined at the latest with it. */
uint32_t hh_dictionary_node_limit(void);
uint32_t hh_dictionary_stack_limit(void);
/* Writes the Dictionary of a block as `field`, if there is anything new. */
void hh_dictionary_put(hh_pb *pb, uint32_t field);
/* What is defined once the block with what was put last is on its way; it is, or it was dropped. */
hh_marks hh_dictionary_marks(void);
void hh_dictionary_commit(void);
void hh_dictionary_rollback(void);
bool hh_dictionary_pending(void);
/* Part 0, 1, ... of all that is defined up to `end`, as `field`; false when there are no more parts. */
bool hh_dictionary_put_part(hh_pb *pb, uint32_t field, const hh_marks *end, uint32_t part);
#endif
