/* Numbers of stacks by first use, 24 bits. Trie nodes are many (every frame has one); only those that are whole stacks
 * get a number, and with it the encoder's state. The sender thread alone uses this. */
#ifndef HH_STACK_NUMBERS_H
#define HH_STACK_NUMBERS_H
#include "common.h"

enum { HH_MAX_STACKS = (1 << 24) - 2, HH_MAX_NODES = 1 << 26 };

int hh_stack_numbers_init(void);     /* 0 or -errno */
uint32_t hh_stack_numbers_max(void); /* HH_MAX_STACKS, or less where address space is limited */
void hh_stack_numbers_clear(void);
/* The number of a trie node's stack; 0 for node 0 and, counted by the caller, when there are too many. */
uint32_t hh_stack_number(uint32_t node);
uint32_t hh_stack_numbers_count(void); /* numbers 1 .. count are given */
uint32_t hh_stack_numbers_node(uint32_t number);
/* The number if it has one already, else 0. */
uint32_t hh_stack_numbers_peek(uint32_t node);
void hh_stack_numbers_prefetch(uint32_t node);
uint64_t hh_stack_numbers_bytes(void);
#endif
