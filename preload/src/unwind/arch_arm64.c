#include "arch.h"

/* Until it is known: no address has more than 56 bits. */
uint64_t hh_address_mask = ((uint64_t)1 << 56) - 1;

/* xpaclri strips the signature of x30: of all ones, what belongs to the address stays. Bit 55 tells the program's half
 * of the address space (0) from the kernel's. Without pointer authentication it is no operation and leaves all. */
void hh_arch_init(void) {
  register uint64_t all __asm__("x30") = ~((uint64_t)1 << 55);
  __asm__ volatile("hint #7" : "+r"(all));
  hh_address_mask &= all;
}
