/* What a server, a name server or a program's own filter of system calls may hand to the library. */
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "fuzz.h"
#include "seccomp_filter.h"
#include "transport/dns.h"
#include "transport/grpc_in.h"

static uint64_t sum;

static int on_message(const hh_server_message *message) {
  if (message->kind == HH_SERVER_BINARY_REQUEST)
    for (size_t i = 0; i < message->binary_request.build_id_size; i++)
      sum += message->binary_request.build_id[i];
  return 0;
}

static void on_address(const uint8_t *address, size_t size) {
  HH_MUST(size == 4 || size == 16);
  sum += address[size - 1];
}

static void stream(const uint8_t *data, size_t size) {
  static hh_grpc_in in;
  in = (hh_grpc_in){.on_message = on_message};
  size_t piece = size ? data[0] % 60 + 1 : 1;
  for (size_t at = 0; at < size; at += piece)
    if (hh_grpc_in_feed(&in, data + at, size - at < piece ? size - at : piece) != 0)
      return;
}

static void filter(const uint8_t *data, size_t size) {
  size_t count = size / sizeof(struct sock_filter);
  struct sock_filter *code = malloc(count * sizeof *code + 1);
  memcpy(code, data, count * sizeof *code);
  struct sock_fprog program = {.len = (unsigned short)count, .filter = code};
  for (int number = 0; number < 4; number++)
    sum += hh_seccomp_filter_run(&program, &(struct seccomp_data){.nr = number * 57, .arch = 0xc000003e});
  free(code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  uint8_t *copy = malloc(size);
  memcpy(copy, data + 1, --size);
  hh_server_message one;
  switch (data[0] % 4) {
  case 0:
    stream(copy, size);
    break;
  case 1:
    hh_server_message_read(copy, size, &one);
    break;
  case 2:
    hh_dns_answer(copy, size, 0x1234, size % 2 ? HH_DNS_A : HH_DNS_AAAA, on_address);
    break;
  default:
    filter(copy, size);
  }
  free(copy);
  return 0;
}
