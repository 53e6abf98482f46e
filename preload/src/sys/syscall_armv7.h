/* The number goes in r7, which is fixed here: it holds the caller's value (unwind/frame.h). */
static inline long hh_syscall6(long number, long a, long b, long c, long d, long e, long f) {
  register long r0 __asm__("r0") = a;
  register long r1 __asm__("r1") = b;
  register long r2 __asm__("r2") = c;
  register long r3 __asm__("r3") = d;
  register long r4 __asm__("r4") = e;
  register long r5 __asm__("r5") = f;
  __asm__ volatile("mov ip, r7\n\tmov r7, %1\n\tsvc #0\n\tmov r7, ip"
                   : "+r"(r0)
                   : "r"(number), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                   : "ip", "memory");
  return r0;
}

#define SYS_mmap            SYS_mmap2
#define HH_MMAP_OFFSET_UNIT 4096 /* bytes */
