const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Bytes of a string that are read one by one before `indexOf`, whose call costs as much as about 20 bytes. */
const SHORT_STRING = 20;

/** Returns the offset of the quote that ends the string whose content begins at `start`, or `end` if there is none. */
export function endOfString(bytes: Buffer, start: number, end: number): number {
  let at = start;
  const readUntil = Math.min(start + SHORT_STRING, end);
  while (at < readUntil) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  for (;;) {
    const quote = at < end ? bytes.indexOf(QUOTE, at) : -1;
    if (quote === -1 || quote >= end) return end;
    let first = quote;
    while (first > at && bytes[first - 1] === BACKSLASH) first--;
    if ((quote - first) % 2 === 0) return quote;
    at = quote + 1;
  }
}

/** Returns the offset of the first byte that is not white space. */
export function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
