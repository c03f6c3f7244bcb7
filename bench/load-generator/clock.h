#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

static inline uint64_t nanoseconds_of(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time)) {
    perror("clock_gettime");
    exit(1);
  }
  return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static inline uint64_t now(void) { return nanoseconds_of(CLOCK_MONOTONIC); }

/*
 * CPU time of all threads of a process in nanoseconds. The hundredths of a second of /proc/<pid>/stat are too coarse for
 * a window of a few hundred requests.
 */
static inline uint64_t processor_time(pid_t pid) {
  clockid_t clock;
  if (clock_getcpuclockid(pid, &clock)) {
    fprintf(stderr, "no process %d\n", pid);
    exit(1);
  }
  return nanoseconds_of(clock);
}
