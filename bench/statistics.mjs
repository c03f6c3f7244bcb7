/** Of values in ascending order. */
export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Median, least and greatest: what every figure is reported as. */
export function summarise(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, minimum: sorted[0], maximum: sorted.at(-1) };
}

/** Of each round, so that both sides of a ratio met the same minute of the machine. */
export function pairedRatios(ours, floors) {
  return ours.map((value, round) => value / floors[round]);
}

/**
 * How a cost grows with a size: the slope of its logarithm over the size's, by least squares. 0 is not at all, 1 is in
 * proportion, 2 is with the square.
 */
export function growthExponent(sizes, values) {
  const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const x = sizes.map(Math.log);
  const y = values.map(Math.log);
  const [middleX, middleY] = [mean(x), mean(y)];
  const covariance = mean(x.map((value, index) => (value - middleX) * (y[index] - middleY)));
  return covariance / mean(x.map((value) => (value - middleX) ** 2));
}
