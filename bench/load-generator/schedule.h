/*
 * The due times of an open loop: random and independent, like requests of independent callers (a Poisson process). A
 * fixed interval would synchronize with other periodic work and never have two concurrent requests. The random numbers
 * (Mulberry32) are the same in each run, so all targets get the same schedule. schedule.mjs is equal.
 */
#pragma once
#include <math.h>
#include <stdint.h>

struct schedule {
  double mean_gap, due; /* nanoseconds */
  uint32_t state;
};

static inline double random_share(uint32_t *state) {
  uint32_t t = *state += 0x6D2B79F5;
  t = (t ^ t >> 15) * (t | 1);
  t ^= t + (t ^ t >> 7) * (t | 61);
  return ((t ^ t >> 14) + 0.5) / 4294967296.0;
}

static inline void schedule_advance(struct schedule *s) { s->due -= log(random_share(&s->state)) * s->mean_gap; }

static inline struct schedule schedule_from(uint64_t start, double requests_per_second) {
  struct schedule schedule = {.mean_gap = 1e9 / requests_per_second, .due = start, .state = 3};
  schedule_advance(&schedule);
  return schedule;
}
