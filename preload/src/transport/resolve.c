#include "resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "dns.h"
#include "resolve_files.h"
#include "sys/sys.h"

enum { DNS_PORT = 53, ANSWER_WAIT_MS = 2000, ROUNDS = 2, QUESTIONS = 2 };
static const uint16_t question_type[QUESTIONS] = {HH_DNS_A, HH_DNS_AAAA};

static struct {
  uint16_t port;
  unsigned count;
  hh_address address[HH_ADDRESSES_MAX];
  char host[HH_DNS_NAME_MAX + 1];
  hh_resolv_conf conf;
  unsigned candidate;     /* 0 .. conf.searches: which form of the name is asked for */
  unsigned server, round; /* whom, and how many times all of them have been asked */
  hh_stream socket;       /* fd 0 means none too: ours are above 2 */
  uint64_t deadline_ms;
  uint16_t id[QUESTIONS];
  bool answered[QUESTIONS];
  bool unsure; /* a server could not tell, or did not answer */
} look_up;

static void add_address(const void *bytes, size_t size) {
  if (look_up.count == HH_ADDRESSES_MAX)
    return;
  hh_address *added = &look_up.address[look_up.count++];
  memset(added, 0, sizeof *added);
  if (size == 4) {
    added->in.sin_family = AF_INET;
    added->in.sin_port = htons(look_up.port);
    memcpy(&added->in.sin_addr, bytes, 4);
    added->size = sizeof added->in;
  } else {
    added->in6.sin6_family = AF_INET6;
    added->in6.sin6_port = htons(look_up.port);
    memcpy(&added->in6.sin6_addr, bytes, 16);
    added->size = sizeof added->in6;
  }
}

static void add_answer(const uint8_t *bytes, size_t size) {
  add_address(bytes, size);
}

static void add_text(const char *text) {
  uint8_t bytes[16];
  if (inet_pton(AF_INET, text, bytes) == 1)
    add_address(bytes, 4);
  else if (inet_pton(AF_INET6, text, bytes) == 1)
    add_address(bytes, 16);
}

/* The candidate's full name. With fewer dots than ndots the search list comes before the name as it stands. */
static int candidate_name(char out[HH_DNS_NAME_MAX + 1]) {
  unsigned dots = 0, index = look_up.candidate;
  size_t length = strlen(look_up.host);
  for (const char *at = look_up.host; *at; at++)
    dots += *at == '.';
  bool absolute = length > 0 && look_up.host[length - 1] == '.';
  bool plain_first = absolute || dots >= look_up.conf.ndots;
  if (index > look_up.conf.searches || (absolute && index > 0))
    return -ENOENT;
  memcpy(out, look_up.host, length + 1);
  if (plain_first ? index == 0 : index == look_up.conf.searches)
    return 0;
  const char *domain = look_up.conf.search[plain_first ? index - 1 : index];
  size_t domain_length = strlen(domain);
  if (length + 1 + domain_length > HH_DNS_NAME_MAX)
    return 1; /* too long to be asked for */
  out[length] = '.';
  memcpy(out + length + 1, domain, domain_length + 1);
  return 0;
}

static int open_socket(void) {
  uint8_t bytes[16];
  hh_address to = {0};
  const char *server = look_up.conf.server[look_up.server];
  if (inet_pton(AF_INET, server, bytes) == 1) {
    to.in.sin_family = AF_INET;
    to.in.sin_port = htons(DNS_PORT);
    memcpy(&to.in.sin_addr, bytes, 4);
    to.size = sizeof to.in;
  } else if (inet_pton(AF_INET6, server, bytes) == 1) {
    to.in6.sin6_family = AF_INET6;
    to.in6.sin6_port = htons(DNS_PORT);
    memcpy(&to.in6.sin6_addr, bytes, 16);
    to.size = sizeof to.in6;
  } else {
    return -EINVAL;
  }
  int fd = hh_sys_socket(to.any.sa_family, SOCK_DGRAM);
  if (fd < 0)
    return fd;
  look_up.socket.fd = fd;
  hh_sys_identify(fd, &look_up.socket.identity);
  return hh_sys_connect(fd, &to.any, to.size); /* from here on only the server's datagrams come in */
}

static int ask(const char *name, uint64_t now_ms) {
  int status = open_socket();
  look_up.deadline_ms = now_ms + ANSWER_WAIT_MS;
  for (unsigned i = 0; !status && i < QUESTIONS; i++) {
    uint8_t query[HH_DNS_MESSAGE_MAX];
    look_up.answered[i] = false;
    status = hh_sys_random(&look_up.id[i], sizeof look_up.id[i]);
    int size = status ? status : hh_dns_query(query, look_up.id[i], name, question_type[i]);
    if (size < 0)
      return size;
    long sent = hh_stream_send(&look_up.socket, query, (size_t)size);
    status = sent < 0 ? (int)sent : 0;
  }
  return status;
}

static void next_candidate(void) {
  look_up.candidate++;
  look_up.server = look_up.round = 0;
}

/* The server could not tell, or did not answer: another one, all of them again, at last another form of the name. */
static void next_server(void) {
  look_up.unsure = true;
  if (++look_up.server < look_up.conf.servers)
    return;
  look_up.server = 0;
  if (++look_up.round == ROUNDS)
    next_candidate();
}

/* Asks the first server that can be asked, from the current candidate and server on. 0 or -errno. */
static int ask_on(uint64_t now_ms) {
  char name[HH_DNS_NAME_MAX + 1];
  int status;
  while ((status = candidate_name(name)) != -ENOENT) {
    hh_resolve_end();
    if (status == 0 && ask(name, now_ms) == 0)
      return 0;
    if (status == 0)
      next_server();
    else
      next_candidate();
  }
  return look_up.unsure ? -ETIMEDOUT : -EHOSTUNREACH;
}

int hh_resolve_begin(const char *host, uint16_t port, uint64_t now_ms) {
  hh_resolve_end();
  memset(&look_up, 0, sizeof look_up);
  look_up.port = port;
  look_up.socket.fd = -1;
  if (strlen(host) > HH_DNS_NAME_MAX)
    return -EINVAL;
  memcpy(look_up.host, host, strlen(host) + 1);
  add_text(host);
  if (look_up.count == 0)
    hh_hosts_find("/etc/hosts", host, add_text);
  if (look_up.count == 0 && strcmp(host, "localhost") == 0) {
    add_text("127.0.0.1");
    add_text("::1");
  }
  if (look_up.count > 0)
    return 1;
  hh_resolv_conf_read("/etc/resolv.conf", &look_up.conf);
  return ask_on(now_ms);
}

/* Takes one datagram. */
static void take_answer(const uint8_t *message, size_t size, bool *refused) {
  for (unsigned i = 0; i < QUESTIONS; i++) {
    if (look_up.answered[i])
      continue;
    int found = hh_dns_answer(message, size, look_up.id[i], question_type[i], add_answer);
    if (found == -EBADMSG)
      continue; /* not this question's */
    look_up.answered[i] = true;
    *refused |= found < 0;
    return;
  }
}

int hh_resolve_step(uint64_t now_ms) {
  uint8_t message[HH_DNS_MESSAGE_MAX];
  bool refused = false;
  long got = -EBADF;
  if (hh_stream_check(&look_up.socket) == 0)
    while ((got = hh_stream_receive(&look_up.socket, message, sizeof message)) > 0)
      take_answer(message, (size_t)got, &refused);
  bool all = look_up.answered[0] && look_up.answered[1];
  bool waiting = !all && !refused && got == -EAGAIN && now_ms < look_up.deadline_ms;
  if (waiting)
    return 0;
  if (look_up.count > 0) {
    hh_resolve_end();
    return 1;
  }
  if (all && !refused)
    next_candidate();
  else
    next_server();
  return ask_on(now_ms);
}

unsigned hh_resolve_count(void) {
  return look_up.count;
}

const hh_address *hh_resolve_address(unsigned index) {
  return &look_up.address[index];
}

int hh_resolve_fd(void) {
  return look_up.socket.fd > 0 ? look_up.socket.fd : -1;
}

uint64_t hh_resolve_deadline_ms(void) {
  return look_up.deadline_ms;
}

void hh_resolve_end(void) {
  if (look_up.socket.fd > 0)
    hh_stream_close(&look_up.socket);
  look_up.socket.fd = -1;
}
