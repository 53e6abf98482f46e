/* An error is a positive number and a flag in $7. */
static inline long hh_syscall6(long number, long a, long b, long c, long d, long e, long f) {
  register long v0 __asm__("$2") = number;
  register long a0 __asm__("$4") = a;
  register long a1 __asm__("$5") = b;
  register long a2 __asm__("$6") = c;
  register long a3 __asm__("$7") = d;
  register long a4 __asm__("$8") = e;
  register long a5 __asm__("$9") = f;
  __asm__ volatile("syscall"
                   : "+r"(v0), "+r"(a3), "+r"(a4), "+r"(a5)
                   : "r"(a0), "r"(a1), "r"(a2)
                   : "$1", "$3", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25", "hi", "lo", "memory");
  return a3 ? -v0 : v0;
}
