/* An HTTP/1.1 keep-alive connection with at most one request in flight. */
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

enum progress { UNFINISHED, COMPLETE, BROKEN };

/* Builds the bytes of a request. `headers` are complete lines, `body_file` may be NULL. */
struct request build_request(const char *method, const char *url, const char *headers, const char *body_file);

/* Connects and registers the connection with `poller`. */
void connect_to_server(struct connection *c, const struct request *request, int poller);
void reconnect(struct connection *c, const struct request *request, int poller);

void send_request(struct connection *c, const struct request *request, uint64_t due);

/* Reads received bytes. Returns BROKEN for an invalid response. */
enum progress receive(struct connection *c);
