/*
 * Sends HTTP/1.1 load to one URL over keep-alive connections, in a closed loop, or with -r in an open loop whose requests
 * are due on a schedule independent of the responses. In an open loop, the time of a response counts from when its
 * request was due, so it includes the wait for a free connection. Compares the status and length of every response with
 * the expected ones, so that an error does not count as a fast response. Prints one JSON object.
 *
 *   load-generator -c connections -w warm-up-seconds -d seconds [-r requests-per-second] -p server-pid -m method
 *                  -u 127.0.0.1:port/path [-H 'name: value']... [-b body-file] -s expected-status -l expected-length
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "clock.h"
#include "histogram.h"
#include "http-connection.h"
#include "schedule.h"

static int poller, timer, expected_status = 200;
static uint64_t expected_length, wrong, measured_from, end;
static bool open_loop;
static struct request request;
static struct schedule schedule;
static struct histogram latencies, send_delays;
static struct connection *all, **idle;
static int connections = 1, idle_count;

/* Counts requests due in the window (open loop) or responses in the window (closed loop). */
static bool counts(const struct connection *c) {
  return measured_from && (!open_loop || c->due >= measured_from);
}

/* Sends due requests on free connections and sets the timer to the next due time. */
static void send_due(void) {
  static uint64_t timer_set_to;
  uint64_t due, time = now();
  while (idle_count && (due = schedule.due) <= time && due < end) {
    struct connection *c = idle[--idle_count];
    send_request(c, &request, due);
    if (counts(c)) histogram_record(&send_delays, time - due);
    schedule_advance(&schedule);
    time = now();
  }
  due = schedule.due;
  if (!idle_count || due >= end || due == timer_set_to) return;
  struct itimerspec when = {.it_value = {due / 1000000000, due % 1000000000}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
  timer_set_to = due;
}

static void proceed(struct connection *c) {
  if (!open_loop) return send_request(c, &request, now());
  c->busy = false;
  idle[idle_count++] = c;
  send_due();
}

static void finish(struct connection *c) {
  if (counts(c)) {
    if (c->status == expected_status && c->body_length == expected_length) {
      histogram_record(&latencies, now() - c->due);
    } else {
      if (!wrong) fprintf(stderr, "response %d with %lu bytes\n", c->status, (unsigned long)c->body_length);
      wrong++;
    }
  }
  if (c->closes) reconnect(c, &request, poller);
  proceed(c);
}

/* The server may close a free connection without an error. */
static void start_anew(struct connection *c) {
  bool was_busy = c->busy;
  if (was_busy && counts(c)) wrong++;
  reconnect(c, &request, poller);
  if (was_busy) proceed(c);
}

static bool all_complete(void) { return idle_count == connections && schedule.due >= end; }

/* Counts requests without a response as errors. Leaving them out would leave out the slowest. */
static void count_missing(void) {
  uint64_t before = wrong;
  for (int i = 0; i < connections; i++)
    if (all[i].busy && counts(&all[i])) wrong++;
  for (; schedule.due < end; schedule_advance(&schedule)) wrong++;
  if (wrong > before) fprintf(stderr, "%lu without a response\n", (unsigned long)(wrong - before));
}

/* After the window, an open loop waits for its responses, for at most the length of the window. */
static void generate(uint64_t begin, uint64_t patience, int pid, uint64_t *server, uint64_t *own) {
  struct epoll_event events[256];
  for (uint64_t time; (time = now()) < end || (open_loop && !all_complete() && time < end + patience);) {
    if (!measured_from && time >= begin) {
      measured_from = time;
      *server = processor_time(pid);
      *own = processor_time(getpid());
    }
    int ready = epoll_wait(poller, events, 256, 10);
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (!c) {
        send_due();
        continue;
      }
      enum progress progress = receive(c);
      if (progress == COMPLETE) finish(c);
      if (progress == BROKEN) start_anew(c);
    }
  }
  if (open_loop) count_missing();
  *server = processor_time(pid) - *server;
  *own = processor_time(getpid()) - *own;
}

static void start(double rate) {
  poller = epoll_create1(0);
  all = calloc(connections, sizeof *all);
  idle = calloc(connections, sizeof *idle);
  for (int i = 0; i < connections; i++) connect_to_server(&all[i], &request, poller);
  if (open_loop) {
    /* Edge-triggered, so the timer does not have to be read. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
    timer = timerfd_create(CLOCK_MONOTONIC, 0);
    epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event);
    schedule = schedule_from(now(), rate);
  }
  for (int i = 0; i < connections; i++) proceed(&all[i]);
}

static double milliseconds(const struct histogram *h, double share) { return histogram_percentile(h, share) / 1e6; }

static void print(double seconds, double server, double own) {
  uint64_t right = latencies.count;
  printf("{\"requests\":%lu,\"wrong\":%lu,\"seconds\":%.3f,\"requestsPerSecond\":%.1f,", (unsigned long)right,
         (unsigned long)wrong, seconds, right / seconds);
  printf("\"p50Milliseconds\":%.4f,\"p90Milliseconds\":%.4f,\"p99Milliseconds\":%.4f,\"p999Milliseconds\":%.4f,",
         milliseconds(&latencies, 0.5), milliseconds(&latencies, 0.9), milliseconds(&latencies, 0.99),
         milliseconds(&latencies, 0.999));
  printf("\"maxMilliseconds\":%.4f,", latencies.greatest / 1e6);
  if (open_loop)
    printf("\"sendDelayP50Milliseconds\":%.4f,\"sendDelayP99Milliseconds\":%.4f,", milliseconds(&send_delays, 0.5),
           milliseconds(&send_delays, 0.99));
  printf("\"cpuMicroseconds\":%.2f,\"serverBusy\":%.3f,\"loaderBusy\":%.3f}\n", right ? server * 1e6 / right : 0,
         server / seconds, own / seconds);
}

int main(int argc, char **argv) {
  int option, pid = getpid();
  double warm_up = 0.5, seconds = 2, rate = 0;
  const char *method = "GET", *url = NULL, *body_file = NULL;
  static char headers[16384];
  while ((option = getopt(argc, argv, "c:w:d:r:p:m:u:H:b:s:l:")) > 0) {
    if (option == 'c') connections = atoi(optarg);
    if (option == 'w') warm_up = atof(optarg);
    if (option == 'd') seconds = atof(optarg);
    if (option == 'r') rate = atof(optarg);
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
  open_loop = rate > 0;
  request = build_request(method, url, headers, body_file);
  uint64_t begin = now() + (uint64_t)(warm_up * 1e9), server = 0, own = 0;
  end = begin + (uint64_t)(seconds * 1e9);
  start(rate);
  generate(begin, seconds * 1e9, pid, &server, &own);
  print((now() - measured_from) / 1e9, server / 1e9, own / 1e9);
  return 0;
}
