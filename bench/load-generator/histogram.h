/*
 * A histogram of times in nanoseconds. Each power of two has 64 buckets of equal width, so the middle of a bucket is
 * within 0.8 % of every value in it. histogram.mjs has the same buckets.
 */
#pragma once
#include <stdint.h>

#define SUB_BUCKET_BITS 6
#define SUB_BUCKETS (1 << SUB_BUCKET_BITS)
#define HISTOGRAM_BUCKETS ((65 - SUB_BUCKET_BITS) * SUB_BUCKETS)

struct histogram {
  uint64_t count, greatest, buckets[HISTOGRAM_BUCKETS];
};

/* Values below 128 have their own bucket. The leading bit and the next six bits select the bucket of larger ones. */
static inline unsigned bucket_of(uint64_t value) {
  if (value < SUB_BUCKETS) return value;
  unsigned shift = 63 - __builtin_clzll(value) - SUB_BUCKET_BITS;
  return (shift << SUB_BUCKET_BITS) + (value >> shift);
}

static inline void histogram_record(struct histogram *h, uint64_t value) {
  h->buckets[bucket_of(value)]++;
  h->count++;
  if (value > h->greatest) h->greatest = value;
}

/* Returns the middle of the bucket of a percentile, given as a share. Returns 0 for an empty histogram. */
static inline uint64_t histogram_percentile(const struct histogram *h, double share) {
  uint64_t wanted = share * h->count, seen = 0;
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
    if ((seen += h->buckets[i]) <= wanted) continue;
    unsigned shift = i < 2 * SUB_BUCKETS ? 0 : (i >> SUB_BUCKET_BITS) - 1;
    uint64_t least = (uint64_t)(i - (shift << SUB_BUCKET_BITS)) << shift;
    uint64_t middle = least + ((1ull << shift) >> 1);
    return middle < h->greatest ? middle : h->greatest;
  }
  return h->greatest;
}
