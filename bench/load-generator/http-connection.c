#define _GNU_SOURCE
#include "http-connection.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

struct request build_request(const char *method, const char *url, const char *headers, const char *body_file) {
  char host[64], path[1024] = "/", about_body[128] = "", *body = "";
  int port;
  size_t body_length = 0;
  if (sscanf(url, "%63[^:]:%d%1023s", host, &port, path) < 2) fail("url");
  if (body_file) {
    FILE *file = fopen(body_file, "r");
    if (!file) fail(body_file);
    fseek(file, 0, SEEK_END);
    body_length = ftell(file);
    rewind(file);
    body = malloc(body_length);
    if (fread(body, 1, body_length, file) != body_length) fail(body_file);
    fclose(file);
    snprintf(about_body, sizeof about_body, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body_length);
  }
  struct request request = {.bytes = malloc(body_length + 32768)};
  request.length =
      sprintf(request.bytes, "%s %s HTTP/1.1\r\nHost: %s:%d\r\n%s%s\r\n", method, path, host, port, headers, about_body);
  memcpy(request.bytes + request.length, body, body_length);
  request.length += body_length;
  request.address.sin_family = AF_INET;
  request.address.sin_port = htons(port);
  inet_pton(AF_INET, host, &request.address.sin_addr);
  return request;
}

void connect_to_server(struct connection *c, const struct request *request, int poller) {
  int on = 1;
  c->busy = false;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0 || connect(c->fd, (void *)&request->address, sizeof request->address)) fail("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
}

void reconnect(struct connection *c, const struct request *request, int poller) {
  close(c->fd);
  connect_to_server(c, request, poller);
}

void send_request(struct connection *c, const struct request *request, uint64_t due) {
  c->busy = true;
  c->in_body = false;
  c->head_length = 0;
  c->due = due;
  for (size_t done = 0; done < request->length;) {
    ssize_t sent = send(c->fd, request->bytes + done, request->length - done, MSG_NOSIGNAL);
    if (sent < 0) return; /* the read that follows sees the end of the connection */
    done += sent;
  }
}

/* Returns whether the head is valid. A response without Content-Length has no body here. */
static bool read_head(struct connection *c) {
  bool has_length = false;
  c->head[c->head_length] = 0;
  c->status = atoi(c->head + 9);
  c->body_length = 0;
  c->closes = false;
  for (char *line = strstr(c->head, "\r\n"); line; line = strstr(line, "\r\n")) {
    line += 2;
    if (!strncasecmp(line, "content-length:", 15)) {
      c->body_length = strtoull(line + 15, 0, 10);
      has_length = true;
    }
    if (!strncasecmp(line, "connection: close", 17)) c->closes = true;
  }
  if (c->status == 304 || c->status == 204) c->body_length = 0;
  else if (!has_length) return false;
  c->remaining = c->body_length;
  c->in_body = true;
  return true;
}

static enum progress take(struct connection *c, const char *data, size_t length) {
  if (!c->in_body) {
    size_t before = c->head_length, taken = length < HEAD_LIMIT - before ? length : HEAD_LIMIT - before;
    memcpy(c->head + before, data, taken);
    c->head_length += taken;
    char *end = memmem(c->head, c->head_length, "\r\n\r\n", 4);
    if (!end) return c->head_length < HEAD_LIMIT ? UNFINISHED : BROKEN;
    size_t head_bytes = end + 4 - c->head - before;
    c->head_length = end + 4 - c->head;
    if (!read_head(c)) return BROKEN;
    data += head_bytes;
    length -= head_bytes;
  }
  if (length > c->remaining) return BROKEN;
  c->remaining -= length;
  return c->remaining == 0 ? COMPLETE : UNFINISHED;
}

enum progress receive(struct connection *c) {
  static char buffer[1 << 18];
  ssize_t length = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return UNFINISHED;
  if (length <= 0 || !c->busy) return BROKEN;
  return take(c, buffer, length);
}
