/* One keep-alive connection of HTTP/1.1, with at most one request on it. */
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAD_LIMIT 16384

struct request {
  char *bytes;
  size_t length;
  struct sockaddr_in address;
};

struct connection {
  int fd;
  bool busy, in_body, closes;
  char head[HEAD_LIMIT + 1];
  size_t head_length;
  int status;
  uint64_t body_length, remaining;
  uint64_t due; /* when its request should have been sent */
};

enum progress { UNFINISHED, ANSWERED, BROKEN };

/* Bytes to send. `headers` are whole lines, `body_file` may be NULL. */
struct request build_request(const char *method, const char *url, const char *headers, const char *body_file);

/* Connects, and has `poller` tell of what comes in. */
void dial(struct connection *c, const struct request *request, int poller);
void redial(struct connection *c, const struct request *request, int poller);

void send_request(struct connection *c, const struct request *request, uint64_t due);

/* Takes what came in; BROKEN where it is not an answer that can be read. */
enum progress receive(struct connection *c);
