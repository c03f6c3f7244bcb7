/** The API accepts amounts with at most 12 decimal places. */
const MAX_DECIMALS = 12;

/**
 * Multiplies a number by a power of ten, exactly, and rounds the result to 12 decimal places. Shifts digits, because a
 * product of doubles gives 0.00000007500000000000001.
 */
export function shiftDecimal(value: number, power: number): number {
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const shifted = Number(exponent) + power;
  const decimals = Math.max(0, digits.replace(/[.-]/g, '').length - 1 - shifted);
  const exact = Number(`${digits}e${shifted}`);
  return decimals <= MAX_DECIMALS ? exact : Number(exact.toFixed(MAX_DECIMALS));
}
