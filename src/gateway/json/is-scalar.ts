import { hasBytes } from './has-bytes';

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const F = 0x66;
const N = 0x6e;
const T = 0x74;

/** Whether a span is exactly a number, `true`, `false` or `null`. */
export function isScalar(bytes: Buffer, start: number, end: number): boolean {
  switch (bytes[start]) {
    case T:
      return hasBytes(bytes, start, end, 'true');
    case F:
      return hasBytes(bytes, start, end, 'false');
    case N:
      return hasBytes(bytes, start, end, 'null');
    default:
      return isNumber(bytes, start, end);
  }
}

/** Checks the grammar of RFC 8259, section 6. */
function isNumber(bytes: Buffer, start: number, end: number): boolean {
  const integer = bytes[start] === MINUS ? start + 1 : start;
  let at = bytes[integer] === ZERO ? integer + 1 : skipDigits(bytes, integer, end);
  if (at === integer) return false;
  if (at < end && bytes[at] === POINT) {
    const fraction = at + 1;
    at = skipDigits(bytes, fraction, end);
    if (at === fraction) return false;
  }
  if (at < end && (bytes[at]! | 0x20) === LOWER_E) {
    const sign = bytes[at + 1];
    const exponent = sign === PLUS || sign === MINUS ? at + 2 : at + 1;
    at = skipDigits(bytes, exponent, end);
    if (at === exponent) return false;
  }
  return at === end;
}

function skipDigits(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at;
}
