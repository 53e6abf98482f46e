/* The first allocation of the process is newlocale's, which holds the lock of all locales meanwhile: a library with
 * such a constructor, and a program that asks for the lock afterwards. An error of dlsym is nobody's either. */
#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef LIBRARY
locale_t early_locale;
static __attribute__((constructor)) void early(void) {
  early_locale = newlocale(LC_ALL_MASK, "POSIX", NULL);
}
#else
extern locale_t early_locale;
int main(void) {
  alarm(20);
  const char *error = dlerror();
  printf("%s, %s, %s, %s\n", strerror(ENOENT), setlocale(LC_ALL, "C.UTF-8") ? "set" : "not set",
         early_locale ? "made" : "not made", error ? error : "no error");
  return 0;
}
#endif
