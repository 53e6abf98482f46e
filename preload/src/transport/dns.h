/* Builds and reads DNS messages (RFC 1035). What is read is untrusted. */
#ifndef HH_DNS_H
#define HH_DNS_H
#include <stddef.h>
#include <stdint.h>

enum { HH_DNS_MESSAGE_MAX = 1232, HH_DNS_NAME_MAX = 253, HH_DNS_A = 1, HH_DNS_AAAA = 28 };

/* Bytes of the query in out (HH_DNS_MESSAGE_MAX), or -EINVAL for what is no name. */
int hh_dns_query(uint8_t *out, uint16_t id, const char *name, uint16_t type);

/* Calls on_address with 4 or 16 bytes for each address of `type`. Returns their number; 0 = the name exists not, or not
 * with that type; -EAGAIN = the server could not tell; -EBADMSG = not an answer to the query with that id and type. */
int hh_dns_answer(const uint8_t *message, size_t size, uint16_t id, uint16_t type,
                  void (*on_address)(const uint8_t *address, size_t size));
#endif
