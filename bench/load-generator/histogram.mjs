const SUB_BUCKETS = 64;
const SHIFTS = 47; // up to 2^53

/** A histogram of times in nanoseconds, accurate to 0.8 %, with the buckets of histogram.h. Recording allocates nothing. */
export class Histogram {
  count = 0;
  greatest = 0;
  #buckets = new Float64Array((SHIFTS + 2) * SUB_BUCKETS);

  record(nanoseconds) {
    const value = Math.max(0, Math.round(nanoseconds));
    this.#buckets[bucketOf(value)] += 1;
    this.count += 1;
    if (value > this.greatest) this.greatest = value;
  }

  /** Returns the middle of the bucket of a percentile, given as a share. Returns 0 for an empty histogram. */
  percentile(share) {
    const wanted = Math.floor(share * this.count);
    let seen = 0;
    for (let index = 0; index < this.#buckets.length; index += 1) {
      seen += this.#buckets[index];
      if (seen > wanted) return Math.min(middleOf(index), this.greatest);
    }
    return this.greatest;
  }
}

function bucketOf(value) {
  if (value < SUB_BUCKETS) return value;
  const high = Math.floor(value / 2 ** 32);
  const leadingBit = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(value);
  const shift = leadingBit - Math.log2(SUB_BUCKETS);
  return shift * SUB_BUCKETS + Math.floor(value / 2 ** shift);
}

function middleOf(index) {
  const shift = Math.max(0, Math.floor(index / SUB_BUCKETS) - 1);
  const width = 2 ** shift;
  return (index - shift * SUB_BUCKETS) * width + Math.floor(width / 2);
}
