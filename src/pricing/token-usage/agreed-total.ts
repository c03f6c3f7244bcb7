import { subsetSums } from './total-gap';
import { type Count, largestOf, type UsageReader } from './usage-reader';

/**
 * Returns the largest of the totals that a usage states for the same tokens in the forms of several APIs. A total of 0 is
 * absent. Two totals may differ by `parts`, which only one of the APIs includes. Rejects any other difference.
 */
export function agreedTotal(reader: UsageReader, totals: readonly Count[], parts: readonly Count[]): Count {
  const whole = largestOf(totals);
  const differences = subsetSums(parts.map(({ tokens }) => tokens));
  for (const { tokens, pointer } of totals) {
    if (tokens === 0 || differences.includes(whole.tokens - tokens)) continue;
    const detail = `Must be ${whole.tokens}, like ${whole.pointer}, because both count the same tokens. Send the usage of one API.`;
    reader.reject({ pointer, code: 'range', detail });
  }
  return whole;
}
