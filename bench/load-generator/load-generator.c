/*
 * HTTP/1.1 load on one URL: a closed loop over keep-alive connections. Every answer's status and length is compared
 * with what is expected, so that a wrong answer never counts as a fast one. Prints one JSON object.
 *
 *   load-generator -c connections -w warm-up-seconds -d seconds -p server-pid -m method -u 127.0.0.1:port/path
 *                  [-H 'name: value']... [-b body-file] -s expected-status -l expected-body-length
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_LIMIT 16384
#define BUCKETS 1000000 /* latencies up to one second, by the microsecond */

struct connection {
  int fd;
  bool in_body;
  char head[HEAD_LIMIT + 1];
  size_t head_length;
  int status;
  bool closes;
  uint64_t body_length, remaining, sent_at;
};

static struct sockaddr_in address;
static int poller, expected_status = 200;
static char *request;
static size_t request_length;
static uint64_t expected_length;
static uint32_t latencies[BUCKETS];
static uint64_t right, wrong;
static bool measuring;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* Seconds of processor time of all threads of a process. */
static double processor_time(int pid) {
  char name[64], text[2048];
  unsigned long user = 0, system = 0;
  snprintf(name, sizeof name, "/proc/%d/stat", pid);
  FILE *file = fopen(name, "r");
  if (!file) fail(name);
  text[fread(text, 1, sizeof text - 1, file)] = 0;
  fclose(file);
  char *after_name = strrchr(text, ')');
  if (!after_name || sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    fail("stat");
  return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

static double own_processor_time(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double percentile(double share) {
  uint64_t wanted = share * right, seen = 0;
  for (int i = 0; i < BUCKETS; i++)
    if ((seen += latencies[i]) > wanted) return i / 1000.0;
  return BUCKETS / 1000.0;
}

static void dial(struct connection *c) {
  int on = 1;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0 || connect(c->fd, (void *)&address, sizeof address)) fail("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
}

static void send_request(struct connection *c) {
  c->in_body = false;
  c->head_length = 0;
  c->sent_at = now();
  for (size_t done = 0; done < request_length;) {
    ssize_t sent = send(c->fd, request + done, request_length - done, MSG_NOSIGNAL);
    if (sent < 0) return; /* the read that follows sees the end of the connection */
    done += sent;
  }
}

static void start_anew(struct connection *c) {
  close(c->fd);
  dial(c);
  send_request(c);
}

static void finish(struct connection *c) {
  if (measuring) {
    if (c->status == expected_status && c->body_length == expected_length) {
      uint64_t microseconds = (now() - c->sent_at) / 1000;
      latencies[microseconds < BUCKETS ? microseconds : BUCKETS - 1]++;
      right++;
    } else {
      if (!wrong) fprintf(stderr, "answer %d with %lu bytes\n", c->status, (unsigned long)c->body_length);
      wrong++;
    }
  }
  if (c->closes) start_anew(c);
  else send_request(c);
}

/* Whether the head could be read: a body has a Content-Length here, or there is none. */
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

/* Takes what came; false where it is not an answer that can be read. */
static bool receive(struct connection *c, const char *data, size_t length) {
  if (!c->in_body) {
    size_t before = c->head_length, taken = length < HEAD_LIMIT - before ? length : HEAD_LIMIT - before;
    memcpy(c->head + before, data, taken);
    c->head_length += taken;
    char *end = memmem(c->head, c->head_length, "\r\n\r\n", 4);
    if (!end) return c->head_length < HEAD_LIMIT;
    size_t head_bytes = end + 4 - c->head - before;
    c->head_length = end + 4 - c->head;
    if (!read_head(c)) return false;
    data += head_bytes;
    length -= head_bytes;
  }
  if (length > c->remaining) return false;
  c->remaining -= length;
  if (c->remaining == 0) finish(c);
  return true;
}

static void build_request(const char *method, const char *url, const char *headers, const char *body_file) {
  char host[64], path[1024] = "/";
  int port;
  size_t body_length = 0;
  char *body = "";
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
  }
  char about_body[128] = "";
  if (body_file)
    snprintf(about_body, sizeof about_body, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body_length);
  request = malloc(body_length + 32768);
  request_length =
      sprintf(request, "%s %s HTTP/1.1\r\nHost: %s:%d\r\n%s%s\r\n", method, path, host, port, headers, about_body);
  memcpy(request + request_length, body, body_length);
  request_length += body_length;
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host, &address.sin_addr);
}

int main(int argc, char **argv) {
  int option, connections = 1, pid = getpid();
  double warm_up = 0.5, seconds = 2;
  const char *method = "GET", *url = NULL, *body_file = NULL;
  static char headers[16384];
  while ((option = getopt(argc, argv, "c:w:d:p:m:u:H:b:s:l:")) > 0) {
    if (option == 'c') connections = atoi(optarg);
    if (option == 'w') warm_up = atof(optarg);
    if (option == 'd') seconds = atof(optarg);
    if (option == 'p') pid = atoi(optarg);
    if (option == 'm') method = optarg;
    if (option == 'u') url = optarg;
    if (option == 'b') body_file = optarg;
    if (option == 's') expected_status = atoi(optarg);
    if (option == 'l') expected_length = strtoull(optarg, 0, 10);
    if (option == 'H') strcat(strcat(headers, optarg), "\r\n");
  }
  if (!url) return 2;
  signal(SIGPIPE, SIG_IGN);
  build_request(method, url, headers, body_file);
  poller = epoll_create1(0);
  struct connection *all = calloc(connections, sizeof *all);
  for (int i = 0; i < connections; i++) dial(&all[i]), send_request(&all[i]);

  static char buffer[1 << 18];
  struct epoll_event events[256];
  uint64_t begin = now() + (uint64_t)(warm_up * 1e9), end = begin + (uint64_t)(seconds * 1e9), measured_from = 0, time;
  double server_before = 0, own_before = 0;
  while ((time = now()) < end) {
    if (!measuring && time >= begin) {
      measuring = true;
      measured_from = time;
      server_before = processor_time(pid);
      own_before = own_processor_time();
    }
    int ready = epoll_wait(poller, events, 256, 10);
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      ssize_t length = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (length > 0 && receive(c, buffer, length)) continue;
      if (measuring) wrong++;
      start_anew(c);
    }
  }
  double server = processor_time(pid) - server_before, own = own_processor_time() - own_before;
  double elapsed = (now() - measured_from) / 1e9;
  printf("{\"requests\":%lu,\"wrong\":%lu,\"seconds\":%.3f,\"requestsPerSecond\":%.1f,\"p50Milliseconds\":%.3f,"
         "\"p99Milliseconds\":%.3f,\"cpuMicroseconds\":%.2f,\"serverBusy\":%.3f,\"loaderBusy\":%.3f}\n",
         (unsigned long)right, (unsigned long)wrong, elapsed, right / elapsed, percentile(0.5), percentile(0.99),
         right ? server * 1e6 / right : 0, server / elapsed, own / elapsed);
  return 0;
}
