/** Returns a percentile, given as a share, of values in ascending order. */
export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Returns the median, minimum and maximum, which every figure is reported as. */
export function summarise(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, minimum: sorted[0], maximum: sorted.at(-1) };
}

/** Returns the ratio of each round, so that both sides ran under the same conditions. */
export function pairedRatios(ours, floors) {
  return ours.map((value, round) => value / floors[round]);
}

/**
 * Returns how a cost grows with a size, as the least-squares slope of its logarithm over the logarithm of the size: 0 is
 * constant, 1 is linear, 2 is quadratic.
 */
export function growthExponent(sizes, values) {
  const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const x = sizes.map(Math.log);
  const y = values.map(Math.log);
  const [middleX, middleY] = [mean(x), mean(y)];
  const covariance = mean(x.map((value, index) => (value - middleX) * (y[index] - middleY)));
  return covariance / mean(x.map((value) => (value - middleX) ** 2));
}
