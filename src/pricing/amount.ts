import type { RuleViolation } from '../common/domain-error';

/** An amount as a request has it: a JSON number, or a decimal in plain notation. */
export type Amount = number | string;

/** Far above any price, and exact in a decimal column. */
export const MAX_AMOUNT = 1_000_000_000;
export const MAX_DECIMALS = 12;

/** A decimal in plain notation without a sign. */
export const AMOUNT_PATTERN = `^(0|[1-9]\\d{0,9})(\\.\\d{1,${MAX_DECIMALS}})?$`;

const PLAIN = new RegExp(AMOUNT_PATTERN);

const NOT_AN_AMOUNT: RuleViolation = {
  code: 'type',
  detail: `Must be a number or a decimal string from 0 to ${MAX_AMOUNT} with at most ${MAX_DECIMALS} decimal places, such as "0.006".`,
};

/** Returns what is wrong with an amount, or null. */
export function amountProblem(value: unknown): RuleViolation | null {
  if (typeof value !== 'number' && typeof value !== 'string') return NOT_AN_AMOUNT;
  const text = plainText(value);
  if (text !== null && PLAIN.test(text) && Number(text) <= MAX_AMOUNT) return null;
  return { ...NOT_AN_AMOUNT, code: 'range' };
}

/** Converts a valid amount to its shortest plain notation: `1e-7` and `"0.00000010"` become `"0.0000001"`. */
export function toDecimalText(amount: Amount): string {
  const text = plainText(amount) ?? '';
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** The shortest decimal form of a number is the form that was sent. Returns null if it has too many decimals. */
function plainText(amount: Amount): string | null {
  if (typeof amount === 'string') return amount;
  const text = String(amount);
  const [, whole = '', fraction = '', exponent] = /^(\d+)(?:\.(\d+))?e-(\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text;
  const decimals = fraction.length + Number(exponent);
  return decimals > MAX_DECIMALS ? null : `0.${(whole + fraction).padStart(decimals, '0')}`;
}
