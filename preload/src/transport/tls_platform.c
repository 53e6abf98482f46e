/* What mbedTLS asks of its platform (third_party/hh_mbedtls_config.h): clock, calendar, random numbers, wiping. libc's
 * functions for it take locks that a forked child may find locked, or read the time zone from files. */
#include <mbedtls/platform_time.h>
#include <mbedtls/platform_util.h>
#include <psa/crypto.h>
#include <string.h>
#include <time.h>

#include "sys/sys.h"

#define NS_PER_S  1000000000
#define NS_PER_MS 1000000
enum { S_PER_DAY = 86400, DAYS_PER_ERA = 146097, MOST_RANDOM = 256 };

int64_t hh_tls_time(int64_t *out) {
  int64_t now = (int64_t)(hh_sys_unix_ns() / NS_PER_S);
  if (out)
    *out = now;
  return now;
}

mbedtls_ms_time_t mbedtls_ms_time(void) {
  return (mbedtls_ms_time_t)(hh_sys_monotonic_ns() / NS_PER_MS);
}

/* The Gregorian calendar in UTC. Years begin in March here, so that the leap day is a year's last; an era is 400. */
struct tm *mbedtls_platform_gmtime_r(const mbedtls_time_t *time, struct tm *out) {
  int64_t seconds = *time;
  if (seconds < 0)
    return NULL;
  int64_t day = seconds / S_PER_DAY, rest = seconds % S_PER_DAY;
  int64_t since_year_0 = day + 719468, era = since_year_0 / DAYS_PER_ERA, day_of_era = since_year_0 % DAYS_PER_ERA;
  int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_PER_ERA - 1)) / 365;
  int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
  int64_t month = (5 * day_of_year + 2) / 153; /* 0 = March */
  memset(out, 0, sizeof *out);
  out->tm_mday = (int)(day_of_year - (153 * month + 2) / 5) + 1;
  out->tm_mon = (int)(month < 10 ? month + 2 : month - 10);
  out->tm_year = (int)(era * 400 + year + (month >= 10) - 1900);
  out->tm_hour = (int)(rest / 3600);
  out->tm_min = (int)(rest / 60 % 60);
  out->tm_sec = (int)(rest % 60);
  return out;
}

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context, uint8_t *out, size_t bytes,
                                             size_t *got) {
  (void)context;
  *got = 0;
  while (*got < bytes) {
    size_t part = bytes - *got < MOST_RANDOM ? bytes - *got : MOST_RANDOM; /* so much comes whole or not at all */
    if (hh_sys_random(out + *got, part))
      return PSA_ERROR_INSUFFICIENT_ENTROPY;
    *got += part;
  }
  return PSA_SUCCESS;
}

void mbedtls_platform_zeroize(void *secret, size_t bytes) {
  if (bytes)
    memset(secret, 0, bytes);
  __asm__ volatile("" : : "r"(secret) : "memory"); /* or the compiler leaves out what nobody reads */
}
