const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Bytes that are read one by one after an escaped quote. */
const READ_AFTER_ESCAPE = 32;

/**
 * Returns the offset after the string whose opening quote is at `start`, or -1 if it does not end. After an escaped quote
 * it reads some bytes one by one, because texts that are JSON themselves have many.
 */
export function endOfString(bytes: Buffer, start: number, end: number): number {
  let at = start + 1;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1 || quote >= end) return -1;
    if (bytes[quote - 1] !== BACKSLASH || !isEscaped(bytes, quote, at)) return quote + 1;
    const readUntil = Math.min(quote + READ_AFTER_ESCAPE, end);
    for (at = quote + 1; at < readUntil; at++) {
      if (bytes[at] === QUOTE) return at + 1;
      if (bytes[at] === BACKSLASH) at++;
    }
  }
}

/** Whether an odd number of backslashes precedes a byte. Counts back to `from`, which is not escaped itself. */
function isEscaped(bytes: Buffer, at: number, from: number): boolean {
  let first = at;
  while (first > from && bytes[first - 1] === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}
