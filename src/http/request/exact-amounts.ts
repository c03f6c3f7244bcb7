import Big from 'big.js';
import { visit } from 'jsonc-parser';

/** The fields whose numbers are stored as they were sent. */
const AMOUNT_FIELD = /^(cost_per_1k_.+|multiplier|pricing)$/;
const AMOUNT_KEY = /"(cost_per_1k_\w+|multiplier|pricing)"/;

/** Numbers that a double may round: long ones, and those near zero. */
const RISKY = /[\d.]{16}|[eE]-\d{3}/;

/** Returns the path of an amount in a valid JSON text whose digits a double does not keep, or null. */
export function findRoundedAmount(text: string): readonly string[] | null {
  if (!RISKY.test(text) || !AMOUNT_KEY.test(text)) return null;
  let found: readonly string[] | null = null;
  visit(text, {
    onLiteralValue: (value, offset, length, _line, _character, pathOf) => {
      if (found !== null || typeof value !== 'number') return;
      const literal = text.slice(offset, offset + length);
      if (!RISKY.test(literal) || new Big(literal).eq(String(value))) return;
      const path = pathOf().map(String);
      // Rules compare doubles, so their numbers are checked elsewhere.
      if (AMOUNT_FIELD.test(path[0]!) && !path.includes('when')) found = path;
    },
  });
  return found;
}
